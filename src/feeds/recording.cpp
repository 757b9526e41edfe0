#include "feeds/recording.hpp"

#include <algorithm>
#include <functional>

#include "codec/asterix/edition.hpp"
#include "codec/asterix/record.hpp"
#include "feeds/block_time.hpp"
#include "feeds/time_of_day.hpp"

namespace liptako::feeds {
namespace {

namespace asterix = codec::asterix;

bool lies_in(base::ByteView part, base::ByteView whole) {
  return std::less_equal<>()(whole.data(), part.data()) &&
         std::less_equal<>()(part.data() + part.size(), whole.data() + whole.size());
}

// The whole recording is at hand, so that one walker sees all of it: what it has learned of the
// recording helps it over damage.
void index_blocks(base::ByteView recording, std::size_t number, RecordingIndex& index) {
  IndexedRecording& about = index.recordings[number];
  SourceCounters damage;
  base::Timestamp time = about.guide;
  asterix::BlockWalker walker(recording);
  while (const auto found = walker.next()) {
    if (!found->has_value()) {
      damage.reject(asterix::to_string(found->error().fault), asterix::to_string(found->error()));
      continue;
    }
    const base::ByteView content = (*found)->content;
    const base::ByteView block{content.data() - asterix::kBlockHeader,
                               content.size() + asterix::kBlockHeader};
    if (const auto time_of_day = first_time_of_day(block)) time = unwrap(*time_of_day, time);
    index.blocks.push_back({time, number, block});
  }
  about.damage = std::move(damage.rejected);
}

void index_chunks(ChunkReader& reader,
                  base::ByteView recording,
                  std::size_t number,
                  Pace pace,
                  RecordingIndex& index) {
  IndexedRecording& about = index.recordings[number];
  const base::Timestamp midnight{std::chrono::floor<std::chrono::days>(about.guide)};
  // A receiver counts from an instant of its own: its recording begins with the day.
  const bool tells_no_time = about.format != SourceFormat::asterix;
  if (tells_no_time) about.guide = midnight;
  std::optional<base::Duration> to_date;  // from the recorder's clock to the day asked for
  base::Timestamp time = about.guide;
  for (std::size_t at = 0;;) {
    const auto step = reader.step(recording.subspan(at), false);
    if (step.chunk) {
      base::ByteView bytes = step.chunk->bytes;
      if (!lies_in(bytes, recording))
        bytes = index.assembled.emplace_back(bytes.begin(), bytes.end());
      if (step.chunk->time) {
        const base::Timestamp recorded = *step.chunk->time;
        if (!to_date) {
          to_date =
              midnight - (tells_no_time
                              ? recorded
                              : base::Timestamp{std::chrono::floor<std::chrono::days>(recorded)});
          if (reader.is_dated()) about.guide = recorded + *to_date;
        }
        if (pace == Pace::recorded || tells_no_time || reader.is_dated()) {
          time = recorded + *to_date;
        }
      }
      if (!tells_no_time && (pace == Pace::told || !step.chunk->time)) {
        if (const auto time_of_day = first_time_of_day(bytes)) time = unwrap(*time_of_day, time);
      }
      index.blocks.push_back({time, number, bytes});
    }
    if (step.consumed == 0) break;
    at += step.consumed;
  }
  about.skips = reader.skips();
  about.fault = reader.fault();
  if (reader.gaps() > 0)
    about.damage.push_back({"not_a_data_block", reader.gaps(), reader.last_gap()});
}

// What the recording's blocks of CAT021 tell together.
asterix::Editions editions_told(std::span<const DueBlock> blocks) {
  constexpr std::uint64_t kEnough = 1000;
  asterix::EditionEvidence all;
  for (const DueBlock& due : blocks) {
    const asterix::EditionEvidence one = asterix::weigh_editions(due.block, kEnough);
    all.ed023 += one.ed023;
    all.later += one.later;
    if (all.ed023 + all.later >= kEnough) break;
  }
  return all.verdict().value_or(asterix::Editions{});
}

// The day of the first packet of a capture that tells one.
std::optional<base::Timestamp> day_told(base::ByteView recording) {
  ChunkReader reader(recording.first(std::min(recording.size(), ChunkReader::kHead)));
  if (!reader.is_dated()) return std::nullopt;
  for (std::size_t at = 0;;) {
    const auto step = reader.step(recording.subspan(at), false);
    if (step.chunk && step.chunk->time)
      return base::Timestamp{std::chrono::floor<std::chrono::days>(*step.chunk->time)};
    if (step.consumed == 0) return std::nullopt;
    at += step.consumed;
  }
}

}  // namespace

RecordingIndex index_recordings(std::span<const base::ByteView> recordings,
                                std::optional<base::Timestamp> date,
                                Pace pace) {
  RecordingIndex index;
  std::vector<std::optional<base::Timestamp>> days(recordings.size(), date);
  std::optional<base::Timestamp> first_day = date;
  for (std::size_t i = 0; i < recordings.size() && !date; ++i) {
    days[i] = day_told(recordings[i]);
    if (days[i] && (!first_day || *days[i] < *first_day)) first_day = days[i];
  }
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    const base::ByteView recording = recordings[i];
    ChunkReader reader(recording.first(std::min(recording.size(), ChunkReader::kHead)));
    // Noon as first guide: any time of day of that date is nearer to it than half a day.
    const base::Timestamp day = days[i].value_or(first_day.value_or(base::Timestamp{}));
    index.recordings.push_back({.format = reader.format(),
                                .container = reader.container(),
                                .skips = {},
                                .fault = {},
                                .damage = {},
                                .editions = {},
                                .guide = day + base::kDay / 2});
    const std::size_t first = index.blocks.size();
    if (reader.container() == codec::capture::Container::stream &&
        reader.format() == SourceFormat::asterix) {
      index_blocks(recording, i, index);
    } else {
      index_chunks(reader, recording, i, pace, index);
    }
    if (reader.format() == SourceFormat::asterix)
      index.recordings[i].editions = editions_told(std::span(index.blocks).subspan(first));
  }
  std::stable_sort(index.blocks.begin(),
                   index.blocks.end(),
                   [](const DueBlock& a, const DueBlock& b) { return a.time < b.time; });
  return index;
}

}  // namespace liptako::feeds
