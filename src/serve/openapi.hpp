// The description of the API that a node serves, for generators of clients [OpenAPI 3.0.3]. Its
// text is docs/openapi.json, built in.
#pragma once

#include <string_view>

namespace liptako::serve {

[[nodiscard]] std::string_view openapi_document();

}  // namespace liptako::serve
