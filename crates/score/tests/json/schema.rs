//! As much of JSON Schema as the schema of lead sheets uses, except `pattern`.

use serde_json::Value;

/// What is wrong with `value` by `schema`, a part of `root`.
///
/// Panics where the schema says something that is not checked here.
pub fn errors(root: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let mut expect = |holds: bool, rule: &Value| {
        if !holds {
            errors.push(format!("{path}: expected {rule}"));
        }
    };
    let mut inner = Vec::new();
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" | "examples" | "pattern" => {}
            "$ref" => {
                let pointer = rule.as_str().and_then(|text| text.strip_prefix('#'));
                let target = pointer.and_then(|pointer| root.pointer(pointer)).expect("defined");
                inner.push((target, value, path.to_owned()));
            }
            "type" => {
                let is = |name: &Value| match name.as_str() {
                    Some("object") => value.is_object(),
                    Some("array") => value.is_array(),
                    Some("string") => value.is_string(),
                    Some("integer") => value.is_i64(),
                    Some("number") => value.is_number(),
                    Some("boolean") => value.is_boolean(),
                    Some("null") => value.is_null(),
                    _ => panic!("no type: {name}"),
                };
                expect(rule.as_array().map_or_else(|| is(rule), |any| any.iter().any(is)), rule);
            }
            "const" => expect(value == rule, rule),
            "enum" => expect(rule.as_array().expect("a list").contains(value), rule),
            "minimum" => expect(value.as_f64().is_none_or(|n| Some(n) >= rule.as_f64()), rule),
            "maximum" => expect(value.as_f64().is_none_or(|n| Some(n) <= rule.as_f64()), rule),
            "exclusiveMinimum" => {
                expect(value.as_f64().is_none_or(|n| Some(n) > rule.as_f64()), rule);
            }
            "minItems" => {
                let length = value.as_array().map(|items| items.len() as u64);
                expect(length.is_none_or(|length| Some(length) >= rule.as_u64()), rule);
            }
            "required" => {
                for name in rule.as_array().expect("a list") {
                    expect(value.get(name.as_str().expect("a name")).is_some(), name);
                }
            }
            "properties" => {
                for (name, rule) in rule.as_object().expect("an object") {
                    let property = value.get(name);
                    inner.extend(property.map(|value| (rule, value, format!("{path}.{name}"))));
                }
            }
            "additionalProperties" => {
                assert_eq!(rule, false);
                let known = schema["properties"].as_object().expect("an object");
                for name in value.as_object().into_iter().flat_map(|object| object.keys()) {
                    expect(known.contains_key(name), &Value::from(format!("no {name}")));
                }
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                inner.extend(items.map(|(i, value)| (rule, value, format!("{path}[{i}]"))));
            }
            other => panic!("{other} is not checked"),
        }
    }
    for (schema, value, path) in inner {
        errors.extend(self::errors(root, schema, value, &path));
    }
    errors
}
