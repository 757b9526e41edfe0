// Writes one stream of a record: entries in arrival order, into segment files. Single-threaded like
// the rest of the core; only SyncTicket::file->sync() may run on another thread.
//
// The order of a loop turn: append() every arrival, flush() once, then step the core over those
// entries. append() only copies into a buffer; flush() is one write() for all of them, after which
// a killed process loses none. sync makes what is flushed survive a power cut; the shell asks for
// it at most every 250 ms, and durable frames to partners, acknowledgements to operators and
// checkpoints wait for synced_end().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/seams.hpp"
#include "record/damage.hpp"
#include "record/entry.hpp"
#include "record/entry_salts.hpp"
#include "record/format.hpp"

namespace liptako::record {

struct WriterOptions {
  Stream stream = Stream::input;
  // A segment is closed before it would exceed this. 64 MiB: a minute or more of a busy node, and
  // short to scan when a record is opened. At least 1 MiB is meant for use; tests take less. Range:
  // 4 KiB to 4 GiB.
  std::uint64_t segment_limit = 64u << 20;
  // append() flushes by itself when this much waits: bounds memory. Range: 4 KiB to 64 MiB.
  std::size_t buffer_limit = 256u << 10;
  // Random bits for a new record (format.hpp); an existing record keeps its own.
  std::uint64_t salt = 0;
  // The input stream's: what the entries' salts are drawn from. Random bits, new for every opening;
  // fixed ones are for tests.
  EntrySalts::Key salt_key{};
  // Keep the commitments of entries for take_commitments(), for a tamper-evident log.
  bool commit = false;

  [[nodiscard]] base::Result<void> validate() const;
};

// What Writer::open found.
struct OpenReport {
  bool created = false;         // there was no such stream
  std::uint64_t cut_bytes = 0;  // unfinished or unreadable bytes removed at the end
  std::uint64_t first_sequence = 0;
  std::uint64_t next_sequence = 0;
  std::vector<Damage>
      damages;  // in the last segment, which alone is read at opening; at most kMaxDamages
  static constexpr std::size_t kMaxDamages = 100;
  base::Bytes last_body;  // of the last sound frame, empty if there is none
};

// What a sync in progress covers.
struct SyncTicket {
  base::AppendFile* file = nullptr;  // stays alive until finish_sync()
  std::uint64_t end =
      0;  // entries below it are safe from power loss once file->sync() has succeeded
};

class Writer {
 public:
  // Opens the stream for appending, creating it if there is none. What a kill or power cut left
  // unfinished at the end is cut off and reported, and the rest is synced, so that all that is then
  // in the record is durable. `storage` must outlive the writer.
  [[nodiscard]] static base::Result<Writer> open(base::Storage& storage,
                                                 const WriterOptions& options);
  Writer(Writer&&) noexcept = default;
  Writer& operator=(Writer&&) noexcept = default;

  [[nodiscard]] const OpenReport& opened() const { return opened_; }

  // Takes an entry, into the input stream; `cuts` is where its payload may be taken apart
  // (input_body.hpp), at most kMaxCuts of which are used; returns its sequence number, counted from
  // 0 without gaps over the whole stream. On an error the entry is not taken and nothing that was
  // taken is lost: the caller may try again. Allocates nothing once the buffer has grown. An
  // oversized payload is bad_input.
  [[nodiscard]] base::Result<std::uint64_t> append(const EntryView& entry,
                                                   std::span<const std::uint16_t> cuts = {});
  // The same for the body of an entry as another machine's record of this node holds it: salt and
  // cuts stay, and so does the commitment.
  [[nodiscard]] base::Result<std::uint64_t> append_copy(base::ByteView body);
  // In place of the next `count` entries, which are lost in the record that is copied: frames
  // without a body, whose commitments are those of lost entries. Flushed when it returns; nothing
  // else may wait. On an error some of them may be there.
  [[nodiscard]] base::Result<void> pass_over(std::uint64_t count);
  // The same for a body that is not an entry: the derived stream. By convention it starts with the
  // u64 input sequence after which it was computed.
  [[nodiscard]] base::Result<std::uint64_t> append_body(base::ByteView body);

  // Writes what waits, in one write(). On an error (a full disk, say) what reached the file in part
  // is taken back, so that the file ends with a whole entry, and everything waits on: flush()
  // again, or drop_waiting().
  [[nodiscard]] base::Result<void> flush();
  // Gives up what was appended but could not be flushed; the core must not have used it. Returns
  // how many entries.
  std::uint64_t drop_waiting();

  // flush() must have been called for an entry to be covered. None if all flushed entries are
  // synced or if a sync has failed before. At most one ticket at a time.
  [[nodiscard]] std::optional<SyncTicket> begin_sync();
  void finish_sync(const SyncTicket& ticket, const base::Result<void>& result);
  // begin, sync, finish in one.
  [[nodiscard]] base::Result<void> sync();

  [[nodiscard]] std::uint64_t next_sequence() const {
    return next_sequence_;
  }  // of the next append
  // The number of the segment that is being written.
  [[nodiscard]] std::uint32_t segment() const { return segment_; }
  [[nodiscard]] std::uint64_t flushed_end() const {
    return flushed_end_;
  }  // entries below survive a kill
  [[nodiscard]] std::uint64_t synced_end() const {
    return synced_end_;
  }  // entries below survive power loss
  // The commitments of the entries that were synced since they were last taken, in order: the first
  // is of the entry commitments_begin() named before the call. Only with options.commit; none come
  // any more once a sync has failed.
  [[nodiscard]] std::vector<seal::Digest> take_commitments();
  [[nodiscard]] std::uint64_t commitments_begin() const { return commitments_begin_; }
  // The failure the writer is in, for display; none in health. A failed flush heals with the next
  // that succeeds. A failed sync does not: the kernel may have dropped the pages, and only
  // reopening the record tells what is there.
  [[nodiscard]] const std::optional<base::Error>& trouble() const { return trouble_; }

 private:
  Writer(base::Storage& storage, const WriterOptions& options)
      : storage_(&storage), options_(options), salts_(options.salt_key) {}
  // Steps of open(): the stream's first segment; the last of an existing stream, which is removed,
  // and file_ left empty, if nothing is in it.
  [[nodiscard]] base::Result<void> create();
  [[nodiscard]] base::Result<void> reopen(std::uint32_t number);
  [[nodiscard]] base::Result<void> sync_before(std::uint32_t number);
  [[nodiscard]] base::Result<void> make_room(std::size_t body_size);
  [[nodiscard]] base::Result<void> begin_segment(std::uint32_t number);
  [[nodiscard]] base::Result<void> repair();
  void retire_file();
  // Of the frames in buffer_, which have just been written.
  void commit_flushed();

  base::Storage* storage_;
  WriterOptions options_;
  OpenReport opened_;
  std::uint64_t salt_ = 0;
  EntrySalts salts_;
  std::uint32_t segment_ = 0;
  std::unique_ptr<base::AppendFile> file_;
  std::vector<std::unique_ptr<base::AppendFile>>
      retired_;                      // closed, but named by the ticket that is out
  std::uint64_t file_size_ = 0;      // up to the last whole flushed frame
  base::Bytes buffer_;               // frames that wait
  std::vector<std::size_t> frames_;  // where each begins in buffer_; with options_.commit only
  std::vector<seal::Digest> commitments_;  // of the entries from commitments_begin_ to flushed_end_
  std::uint64_t commitments_begin_ = 0;
  std::vector<base::ByteView> bodies_;  // scratch
  std::uint64_t next_sequence_ = 0;
  std::uint64_t flushed_end_ = 0;
  std::uint64_t synced_end_ = 0;
  bool torn_ = false;  // the file may end in part of a flush; to be truncated to file_size_
  bool ticket_out_ = false;
  bool sync_failed_ = false;
  std::optional<base::Error> trouble_;
};

}  // namespace liptako::record
