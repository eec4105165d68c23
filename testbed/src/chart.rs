//! What of charts/guestlist is generated: the definitions and the admission policies, byte for byte those of the workspace,
//! and the README and the schema of the values, both from values.yaml and the words in it.

use std::path::Path;

use crate::{Error, Result, control_plane::manifests::yaml_files, workspace};

mod readme;
mod schema;
mod values;

/// Writes the generated files into a folder laid out as the chart's.
pub fn generate(out: &Path) -> Result<()> {
    let chart = workspace::path("charts/guestlist");
    let values = read(&chart.join("values.yaml"))?;
    let settings = values::settings(&values)?;
    write(&out.join("values.schema.json"), &schema::of(&settings)?)?;
    write(&out.join("README.md"), &readme::of(&read(&chart.join("README.head.md"))?, &settings))?;
    for part in ["crds", "admission"] {
        copy(&workspace::path(part), &out.join("files").join(part))?;
    }
    Ok(())
}

/// The YAML files of `from` are all that `into` then holds; a part that the workspace lacks, the chart lacks too.
fn copy(from: &Path, into: &Path) -> Result<()> {
    if into.exists() {
        std::fs::remove_dir_all(into).map_err(Error::io(format!("clearing {}", into.display())))?;
    }
    if !from.exists() {
        return Ok(());
    }
    for file in yaml_files(from)? {
        write(&into.join(file.file_name().unwrap_or_default()), &read(&file)?)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(Error::io(format!("reading {}", path.display())))
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(Error::io(format!("making {}", folder.display())))?;
    std::fs::write(path, text).map_err(Error::io(format!("writing {}", path.display())))
}
