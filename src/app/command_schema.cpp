// `liptako schema`: every type with its fields.
#include <fmt/core.h>

#include <algorithm>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "schema/report.hpp"
#include "schema/schema.hpp"

namespace liptako::app {

int run_schema(const SchemaOptions& options) {
  std::vector<schema::Type> types = schema::all_types();
  if (!options.type.empty()) {
    // The type itself, or all below a name: "asterix".
    std::erase_if(types, [&](const schema::Type& type) {
      return type.name != options.type && !type.name.starts_with(options.type + '.');
    });
    if (types.empty()) {
      print_error(
          "{}\n",
          fmt::format(fmt::runtime(say("Aucun type ne s'appelle {}. « liptako schema » les donne "
                                       "tous.",
                                       "No type is called {}. `liptako schema` lists them all.")),
                      options.type));
      return kUsage;
    }
  }
  const std::string out = options.json ? schema::to_json(types)
                                       : schema::to_text(types,
                                                         {.field = say("champ", "field"),
                                                          .type = say("type", "type"),
                                                          .unit = say("unité", "unit"),
                                                          .values = say("valeurs", "values"),
                                                          .meaning = say("sens", "meaning")});
  print_out("{}", out);
  return kDone;
}

}  // namespace liptako::app
