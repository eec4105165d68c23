//! Replaces the number formats that Kubernetes does not know. The API server warns about unsigned formats whenever a
//! definition is applied, and checks nothing by them. So bounds say what they mean.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};

/// The definition with only the formats that Kubernetes knows, and with bounds in place of the others.
pub(super) fn known(mut crd: CustomResourceDefinition) -> CustomResourceDefinition {
    for version in &mut crd.spec.versions {
        if let Some(schema) = version.schema.as_mut().and_then(|schema| schema.open_api_v3_schema.as_mut()) {
            put_right(schema);
        }
    }
    crd
}

fn put_right(schema: &mut JSONSchemaProps) {
    let (known, most) = match schema.format.as_deref() {
        Some("uint8") => ("int32", f64::from(u8::MAX)),
        Some("uint16") => ("int32", f64::from(u16::MAX)),
        Some("uint32") => ("int64", f64::from(u32::MAX)),
        // The largest number that every JSON reader keeps exactly.
        Some("uint64") => ("int64", 9_007_199_254_740_991.0),
        _ => ("", 0.0),
    };
    if !known.is_empty() {
        schema.format = Some(known.into());
        schema.minimum = Some(schema.minimum.unwrap_or(0.0));
        schema.maximum = Some(schema.maximum.unwrap_or(most));
    }
    schema.properties.iter_mut().flat_map(|all| all.values_mut()).for_each(put_right);
    match schema.items.as_mut() {
        Some(JSONSchemaPropsOrArray::Schema(item)) => put_right(item),
        Some(JSONSchemaPropsOrArray::Schemas(items)) => items.iter_mut().for_each(put_right),
        None => {}
    }
    if let Some(JSONSchemaPropsOrBool::Schema(value)) = schema.additional_properties.as_mut() {
        put_right(value);
    }
}
