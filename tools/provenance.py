#!/usr/bin/env python3
"""Prints the SLSA v1 provenance of what this run of a GitHub workflow makes, as `cosign attest --type slsaprovenance1` takes it.

It reads the variables that GitHub sets for each step: see "Variables reference" in GitHub's documentation, and "Provenance" in SLSA's.
"""

import json
import os
import sys

BUILD_TYPE = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1"
NEEDED = ("SERVER_URL", "REPOSITORY", "REF", "SHA", "WORKFLOW_REF", "RUN_ID", "RUN_ATTEMPT")


def provenance(github):
    """The predicate, of GitHub's variables without their prefix."""
    repository = f"{github['SERVER_URL']}/{github['REPOSITORY']}"
    # OWNER/NAME/PATH@REF
    path = github["WORKFLOW_REF"].removeprefix(f"{github['REPOSITORY']}/").split("@")[0]
    return {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {"workflow": {"ref": github["REF"], "repository": repository, "path": path}},
            "resolvedDependencies": [
                {"uri": f"git+{repository}@{github['REF']}", "digest": {"gitCommit": github["SHA"]}}
            ],
        },
        "runDetails": {
            "builder": {"id": f"{github['SERVER_URL']}/{github['WORKFLOW_REF']}"},
            "metadata": {
                "invocationId": f"{repository}/actions/runs/{github['RUN_ID']}/attempts/{github['RUN_ATTEMPT']}"
            },
        },
    }


def main():
    missing = [name for name in NEEDED if not os.environ.get(f"GITHUB_{name}")]
    if missing:
        sys.exit(f"these variables of a GitHub workflow are not set: {', '.join(f'GITHUB_{name}' for name in missing)}")
    print(json.dumps(provenance({name: os.environ[f"GITHUB_{name}"] for name in NEEDED}), indent=2))


if __name__ == "__main__":
    main()
