// Holds a JSON document against the description of the API: the part of JSON Schema that
// docs/openapi.json uses, and an error for any other keyword, so that no rule goes unchecked.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "serve/openapi.hpp"

namespace liptako::serve {

class OpenApi {
 public:
  OpenApi() : document_(nlohmann::json::parse(openapi_document())) {}
  [[nodiscard]] const nlohmann::json& document() const { return document_; }

  // What is wrong with the body of this answer; empty if nothing is.
  [[nodiscard]] std::string mistake(const std::string& method,
                                    const std::string& path,
                                    int status,
                                    const nlohmann::json& body) const {
    const auto& operation = document_.at("paths").at(path).at(method);
    const auto& responses = operation.at("responses");
    const std::string code = std::to_string(status);
    if (!responses.contains(code)) return path + ": no answer " + code + " is described";
    const Json& response = *resolved(responses.at(code));
    return check(response.at("content").at("application/json").at("schema"), body, path);
  }

 private:
  using Json = nlohmann::json;
  [[nodiscard]] const Json* resolved(const Json& schema) const {
    if (!schema.contains("$ref")) return &schema;
    return &document_.at(Json::json_pointer(schema.at("$ref").get<std::string>().substr(1)));
  }

  [[nodiscard]] std::string check(const Json& given,
                                  const Json& value,
                                  const std::string& at) const {
    const Json& schema = *resolved(given);
    static const std::set<std::string> known = {"type",
                                                "properties",
                                                "required",
                                                "nullable",
                                                "items",
                                                "enum",
                                                "additionalProperties",
                                                "minItems",
                                                "maxItems",
                                                "description",
                                                "format",
                                                "pattern"};
    for (const auto& [key, unused] : schema.items())
      if (!known.contains(key)) return at + ": the checker knows no " + key;
    if (value.is_null()) return schema.value("nullable", false) ? "" : at + ": null";
    const std::string type = schema.at("type");
    const bool fits =
        (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
        (type == "number" && value.is_number()) ||
        (type == "integer" && value.is_number_integer()) || (type == "array" && value.is_array()) ||
        (type == "object" && value.is_object());
    if (!fits) return at + ": not of type " + type;
    if (schema.contains("enum") &&
        std::ranges::find(schema["enum"], value) == schema["enum"].end()) {
      return at + ": " + value.dump() + " is not in the list";
    }
    if (type == "array") return check_elements(schema, value, at);
    if (type == "object") return check_fields(schema, value, at);
    return "";
  }

  [[nodiscard]] std::string check_elements(const Json& schema,
                                           const Json& value,
                                           const std::string& at) const {
    if (value.size() < schema.value("minItems", std::size_t{0}) ||
        value.size() > schema.value("maxItems", value.size())) {
      return at + ": wrong length";
    }
    for (const Json& element : value)
      if (auto wrong = check(schema.at("items"), element, at + "[]"); !wrong.empty()) return wrong;
    return "";
  }

  [[nodiscard]] std::string check_fields(const Json& schema,
                                         const Json& value,
                                         const std::string& at) const {
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name.get<std::string>())) return at + ": no " + name.get<std::string>();
    const Json properties = schema.value("properties", Json::object());
    const Json others = schema.value("additionalProperties", Json(true));
    for (const auto& [name, field] : value.items()) {
      const std::string where = at + "." + name;
      std::string wrong;
      if (properties.contains(name)) {
        wrong = check(properties[name], field, where);
      } else if (others.is_object()) {
        wrong = check(others, field, where);
      } else if (!others.get<bool>()) {
        wrong = where + ": not described";
      }
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  Json document_;
};

}  // namespace liptako::serve
