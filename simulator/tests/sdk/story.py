"""What an administrator's script does with guests, written with Microsoft's own SDK and nothing else.

The SDK is unchanged: it is told where Graph and the sign-in are, and whom to trust. Each step says what it did; the first
thing that is not as Microsoft documents it ends the story with an error.
"""

import asyncio
import os
import ssl
from datetime import datetime

import httpx
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.invited_user_message_info import InvitedUserMessageInfo
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User
from msgraph.generated.models.user_collection_response import UserCollectionResponse
from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import GraphClientFactory
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

ROOT = os.environ["GRAPH"]
TENANT = os.environ["TENANT"]
GROUP = os.environ["GROUP"]
HOST = os.environ["HOST_USER"]
KNOWN = int(os.environ["KNOWN_GUESTS"])

STATE = ["id", "mail", "userType", "creationType", "externalUserState", "externalUserStateChangeDateTime", "createdDateTime"]


def client() -> GraphServiceClient:
    authority = ROOT.removeprefix("https://")
    credential = ClientSecretCredential(
        TENANT,
        os.environ["CLIENT_ID"],
        os.environ["CLIENT_SECRET"],
        authority=authority,
        disable_instance_discovery=True,
    )
    host = authority.split(":")[0]
    provider = AzureIdentityAuthenticationProvider(credential, scopes=[f"{ROOT}/.default"], allowed_hosts=[host])
    trusted = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    http = httpx.AsyncClient(verify=trusted, http2=True, timeout=30)
    adapter = GraphRequestAdapter(provider, client=GraphClientFactory.create_with_default_middleware(client=http))
    adapter.base_url = f"{ROOT}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


def say(text: str) -> None:
    print(text, flush=True)


def options(kind, **parameters):
    """A request's query options, and headers if `headers` is among them."""
    headers = parameters.pop("headers", {})
    configuration = RequestConfiguration(query_parameters=kind(**parameters))
    for name, value in headers.items():
        configuration.headers.add(name, value)
    return configuration


async def refused(work, status: int, code: str) -> ODataError:
    """The error that Graph answers with, as the SDK shapes it."""
    try:
        await work
    except ODataError as error:
        assert error.response_status_code == status, error
        assert error.error.code == code, error.error
        assert error.error.message and error.error.message == error.primary_message
        # Graph writes this time without a zone.
        assert isinstance(error.error.inner_error.date, datetime), error.error.inner_error
        assert error.error.inner_error.request_id and error.error.inner_error.client_request_id
        return error
    raise AssertionError(f"not refused with {code}")


async def invite(graph: GraphServiceClient) -> tuple[str, str]:
    mailed = await graph.invitations.post(
        Invitation(
            invited_user_email_address="ann@fabrikam.com",
            invited_user_display_name="Ann",
            invite_redirect_url="https://myapps.microsoft.com",
            send_invitation_message=True,
            invited_user_message_info=InvitedUserMessageInfo(
                message_language="nl-NL",
                cc_recipients=[Recipient(email_address=EmailAddress(address="host@contoso.com"))],
            ),
        )
    )
    assert mailed.status == "PendingAcceptance" and mailed.send_invitation_message is True
    assert mailed.invited_user.id and mailed.invited_user.id != mailed.id
    assert mailed.invite_redeem_url.startswith("https://")
    assert mailed.invited_user_message_info.cc_recipients[0].email_address.address is None, "the echo is of nulls"
    quiet = await graph.invitations.post(
        Invitation(invited_user_email_address="bob@fabrikam.com", invite_redirect_url="https://myapps.microsoft.com")
    )
    assert quiet.send_invitation_message is False and quiet.invited_user_type == "Guest"
    plus = Invitation(invited_user_email_address="a+b@fabrikam.com", invite_redirect_url="https://myapps.microsoft.com")
    await refused(graph.invitations.post(plus), 400, "BadRequest")
    say("invited one guest with a mail and one without; an address with a plus was refused")
    return mailed.invited_user.id, quiet.invited_user.id


async def find(graph: GraphServiceClient, ann: str) -> None:
    kind = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
    address = "mail eq 'ann@fabrikam.com' or otherMails/any(x:x eq 'ann@fabrikam.com')"
    found = await graph.users.get(options(kind, filter=address, select=STATE, top=10))
    assert [user.id for user in found.value] == [ann] and found.odata_next_link is None
    assert found.value[0].external_user_state == "PendingAcceptance"
    single = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters
    more = ["id", "employeeOrgData", "passwordProfile", "manager", "assignedLicenses"]
    shown = await graph.users.by_user_id(ann).get(options(single, select=more))
    assert shown.id == ann and shown.employee_org_data is None and shown.manager is None and shown.assigned_licenses == []
    assert isinstance(found.value[0].created_date_time, datetime)

    page = await graph.users.get(options(kind, filter="creationType eq 'Invitation'", select=["id", "mail"], top=7))
    assert len(page.value) == 7 and page.odata_next_link
    seen: list[User] = []
    iterator = PageIterator(page, graph.request_adapter)
    await iterator.iterate(lambda user: seen.append(user) or True)
    assert len({user.id for user in seen}) == len(seen) == KNOWN + 2, len(seen)
    say(f"listed {len(seen)} guests page by page, by the SDK's own iterator")

    advanced = {"ConsistencyLevel": "eventual"}
    counted = await graph.users.get(
        options(kind, filter="endsWith(mail,'@fabrikam.com')", count=True, select=["mail"], top=5, headers=advanced)
    )
    assert counted.odata_count == KNOWN + 2 and len(counted.value) == 5 and counted.value[0].id is None
    second = await graph.users.with_url(counted.odata_next_link).get(
        options(kind, headers=advanced)
    )
    assert second.odata_count is None and len(second.value) == 5
    plain = graph.users.get(options(kind, filter="endsWith(mail,'@fabrikam.com')"))
    await refused(plain, 400, "Request_UnsupportedQuery")
    await refused(graph.users.with_url(counted.odata_next_link).get(), 400, "Request_UnsupportedQuery")
    say(f"counted {counted.odata_count} guests in an advanced query; without its header it was refused, on the next page too")


async def read_and_change(graph: GraphServiceClient, ann: str) -> None:
    plain = await graph.users.by_user_id(ann).get()
    assert plain.mail == "ann@fabrikam.com" and plain.external_user_state is None, "not without $select"
    kind = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters
    changed = User(company_name="Fabrikam", department="Sales", other_mails=["ann@example.org"])
    assert await graph.users.by_user_id(ann).patch(changed) is None
    user = await graph.users.by_user_id(ann).get(
        options(kind, select=["companyName", "otherMails", "identities", "accountEnabled"])
    )
    assert (user.company_name, user.other_mails, user.account_enabled) == ("Fabrikam", ["ann@example.org"], True)
    assert user.identities[0].sign_in_type == "userPrincipalName"
    missing = graph.users.by_user_id("99999999-0000-0000-0000-000000000000").get()
    error = await refused(missing, 404, "Request_ResourceNotFound")
    say(f"read and changed a guest; nobody's id answered: {error.error.code}")


async def link(graph: GraphServiceClient, ann: str) -> None:
    def reference(kind: str, key: str) -> ReferenceCreate:
        return ReferenceCreate(odata_id=f"{ROOT}/v1.0/{kind}/{key}")

    members = graph.groups.by_group_id(GROUP).members
    assert await members.ref.post(reference("directoryObjects", ann)) is None
    again = await refused(members.ref.post(reference("directoryObjects", ann)), 400, "Request_BadRequest")
    assert "already exist" in again.error.message
    listed = await members.get()
    assert [type(member) for member in listed.value] == [User] and listed.value[0].id == ann
    assert await members.by_directory_object_id(ann).ref.delete() is None
    assert (await members.get()).value == []

    sponsors = graph.users.by_user_id(ann).sponsors
    before = {sponsor.id for sponsor in (await sponsors.get()).value}
    assert await sponsors.ref.post(reference("users", HOST)) is None
    listed = (await sponsors.get()).value
    assert {sponsor.id for sponsor in listed} - before == {HOST}
    assert isinstance(next(sponsor for sponsor in listed if sponsor.id == HOST), User)
    assert await sponsors.by_directory_object_id(HOST).ref.delete() is None
    assert {sponsor.id for sponsor in (await sponsors.get()).value} == before
    say("added and removed a member of a group and a sponsor, by reference")


async def batch(graph: GraphServiceClient, ann: str, bob: str) -> None:
    def item(request, name: str, after: list[str] = []) -> BatchRequestItem:
        made = BatchRequestItem(request, id=name, depends_on=after)
        # The SDK leaves the whole URL there, which Graph refuses (msgraph-sdk-python#1015); this is its users' way out.
        made.url = made.url.removeprefix(f"{ROOT}/v1.0")
        return made

    users = graph.users
    content = BatchRequestContent()
    content.add_request("ann", item(users.by_user_id(ann).to_get_request_information(), "ann"))
    content.add_request("bob", item(users.by_user_id(bob).to_get_request_information(), "bob"))
    content.add_request("none", item(users.by_user_id("99999999-0000-0000-0000-000000000000").to_get_request_information(), "none"))
    answers = await graph.batch.post(content)
    assert answers.get_response_status_codes() == {"ann": 200, "bob": 200, "none": 404}
    # Not their bodies: the SDK takes an item's body for base64, while Graph sends what is JSON as JSON.
    assert answers.responses["none"].content_type == "application/json"
    say("read three users in one batch: two are there, one is not")


async def follow(graph: GraphServiceClient, bob: str) -> None:
    kind = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters
    page = await graph.users.delta.get(options(kind, select=["displayName", "mail"]))
    seen = {user.id for user in page.value}
    while page.odata_next_link:
        page = await graph.users.delta.with_url(page.odata_next_link).get()
        seen |= {user.id for user in page.value}
    assert bob in seen and len(seen) == KNOWN + 3, len(seen)

    await graph.users.by_user_id(bob).patch(User(display_name="Robert"))
    await graph.users.by_user_id(bob).delete()
    changes = await graph.users.delta.with_url(page.odata_delta_link).get()
    assert [user.id for user in changes.value] == [bob]
    assert changes.value[0].additional_data["@removed"] == {"reason": "changed"}
    await refused(graph.users.by_user_id(bob).get(), 404, "Request_ResourceNotFound")
    say(f"followed {len(seen)} users by a delta query, which then told of the one that was deleted")


async def bring_back(graph: GraphServiceClient, bob: str) -> None:
    items = graph.directory.deleted_items
    deleted = await items.graph_user.get()
    assert isinstance(deleted, UserCollectionResponse) and [user.id for user in deleted.value] == [bob]
    one = await items.by_directory_object_id(bob).get()
    assert isinstance(one, User) and one.id == bob
    restored = await items.by_directory_object_id(bob).restore.post()
    assert isinstance(restored, User) and restored.id == bob
    assert (await graph.users.by_user_id(bob).get()).display_name == "Robert"
    await graph.users.by_user_id(bob).delete()
    assert await items.by_directory_object_id(bob).delete() is None
    await refused(items.by_directory_object_id(bob).get(), 404, "Request_ResourceNotFound")
    say("restored a deleted guest, deleted it again, and then for good")


async def main() -> None:
    graph = client()
    ann, bob = await invite(graph)
    await find(graph, ann)
    await read_and_change(graph, ann)
    await link(graph, ann)
    await batch(graph, ann, bob)
    await follow(graph, bob)
    await bring_back(graph, bob)


asyncio.run(main())
