// toml++ as every reader of TOML includes it: one set of switches, since its functions are inline
// and the linker keeps one copy of each. Heavy: for .cpp files only.
//
// Version 3.3 asserts, on text from outside, some conditions that it goes on to check and to report
// as mistakes of the text: "[/" would end the process. Its assertions are therefore empty here; the
// fuzz target of the configuration watches that nothing else rested on them.
#pragma once

#ifdef NDEBUG
#error "toml++ turns its assertions into assumptions when NDEBUG is set"
#endif
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>
