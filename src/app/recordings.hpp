// Recordings on disk as the commands and file sources read them, and what a person is told of what
// they hold besides usable bytes.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "codec/capture/datagram.hpp"
#include "io/sources.hpp"

namespace liptako::app {

// What a file source reads any recording with.
[[nodiscard]] io::FileReader recording_reader();

// "12 paquets écartés (tcp_not_followed : TCP n'est pas suivi, 12)", in the user's language; empty
// if nothing was passed over.
[[nodiscard]] std::string skips_text(const codec::capture::SkipCounts& skips);
// "s'interrompt au milieu d'un paquet, octet 4711", in the user's language.
[[nodiscard]] std::string fault_text(const codec::capture::ReadFault& fault);

// Both on stderr, each behind the file's name.
void tell_of_capture(const std::string& path,
                     const codec::capture::SkipCounts& skips,
                     const std::optional<codec::capture::ReadFault>& fault,
                     std::ostream& err);

}  // namespace liptako::app
