//! A CSV file becomes a GuestList by `guestlist import csv`, which the API server takes and whose guests are mailed.

mod files;

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use testbed::stories::{SOON, condition, connected, simulator, smtp, world};
use testbed::world::{Ref, TenantManifest, WorldConfig};

/// Entra's own template, as a spreadsheet in Germany writes it.
const FILE: &str = "version:v1.0;;;\n\
    Email address to invite [inviteeEmail] Required;Redirection url [inviteRedirectURL] Required;\
    Send invitation message (true or false) [sendEmail];Customized invitation message [customizedMessageBody]\n\
    Ada@Fabrikam.com;https://wiki.contoso.com/;TRUE;\n\
    ben@fabrikam.com;https://wiki.contoso.com/;FALSE;\n\
    cleo@fabrikam.com;https://wiki.contoso.com/;;\"Hello, Cleo;\nsee you\"\n";

fn import(file: &std::path::Path) -> (bool, String, String) {
    let binary = testbed::find_operator().unwrap();
    let ran = Command::new(binary)
        .args(["import", "csv", "--name", "team", "--namespace", "team"])
        .arg(file)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.success(), text(ran.stdout), text(ran.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_file_becomes_a_list_whose_guests_are_mailed_as_it_says() {
    let entra = entra_simulator::Config { smtp: Some("127.0.0.1:0".parse().unwrap()), ..Default::default() };
    let world = world(WorldConfig { entra: Some(entra), tenant: None, ..WorldConfig::default() }).await;
    world
        .apply_tenant(&TenantManifest { more: json!({"mail": {"smtp": smtp(&world)}}), ..Default::default() })
        .await
        .unwrap();
    connected(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guests.csv");
    std::fs::write(&file, FILE).unwrap();
    let (right, yaml, said) = import(&file);
    assert!(right && said.contains("Guests with a message of their own: 1."), "{said}");
    world.apply(&yaml).await.unwrap();
    let list = Ref::new("guestlist.dev/v1alpha1", "GuestList", "team", "team");
    let invited =
        |list: &serde_json::Value| list["status"]["guests"]["invited"] == 3 && condition(list, "Ready").0 == "True";
    let list = world.wait_for(&list, "have all three invited", invited, SOON).await.unwrap();
    assert_eq!(list["spec"]["template"]["redirectUrl"], "https://wiki.contoso.com/");
    let sent = |name: &str| {
        let address = format!("{name}@fabrikam.com");
        (simulator(&world).invitation_mails(&address).len(), simulator(&world).own_mails(&address).len())
    };
    // The operator's own mail leaves after the guest is in the directory.
    let deadline = Instant::now() + SOON;
    while sent("cleo") == (0, 0) && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(["ada", "ben", "cleo"].map(sent), [(1, 0), (0, 0), (0, 1)]);
}

#[test]
fn a_table_that_cannot_be_taken_is_refused_line_by_line_and_nothing_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guests.csv");
    let refused = |text: &[u8]| {
        std::fs::write(&file, text).unwrap();
        let (right, yaml, said) = import(&file);
        assert!(!right && yaml.is_empty(), "{yaml}");
        said
    };
    let said = refused(b"email,displayName,sendEmail\nbob@example.com,Bob,perhaps\nAnn <ann@example.com>,,\nzoe@example.com,Zoe,,more\nbob@x.com,,\nBOB@x.com,,\n,Nobody,\n");
    for line in [
        "line 2: sendEmail is \"perhaps\"; write true or false",
        "line 3: \"Ann <ann@example.com>\" is no address; give the bare address",
        "line 4: \"more\" stands under no column's name",
        "line 6: bob@x.com stands on line 5 already",
        "line 7: there is no address",
    ] {
        assert!(said.contains(line), "{line}\nis not in\n{said}");
    }
    assert!(refused(b"email,phone\nbob@example.com,1\n").contains("the column \"phone\" is not known"));
    let two = refused(b"email,phone,fax\nbob@example.com,1,2\n");
    assert!(two.contains("the columns \"phone\", \"fax\" are not known; name each as one of"), "{two}");
    let said = refused(b"bob@example.com,Bob\nann@example.com,Ann\n");
    assert!(said.contains("line 1: the first row has to name the columns, and this is a guest"), "{said}");
    assert!(refused(b"email\nb\xf6b@example.com\n").contains("line 2: this is not UTF-8"));
    assert!(refused(b"email\n").contains("there is no guest under the header"));
    assert!(refused(b"").contains("email is not among them"));
}
