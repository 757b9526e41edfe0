// What a LiveNode does as one of the two machines of its node (docs/STANDBY.md): it copies, takes
// over, steps down, and refuses what would write into a record that is not its own.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/key_folder.hpp"
#include "app/live_node.hpp"
#include "app/standby.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "record/hold.hpp"
#include "serve/audit.hpp"
#include "serve/json_reader.hpp"
#include "serve/session_documents.hpp"

namespace liptako::app {

namespace {

using base::Result;
using record::PairRole;

void tell_terminal(std::string_view fr, std::string_view en) {
  print_error("liptako: ATTENTION : {}\nliptako: WARNING: {}\n", fr, en);
}

// Of an act that sets or lifts a hold: what it says, by whom.
struct HoldOrder {
  charter::ActKind kind;
  std::string id;
  record::HoldAct act;
};

std::optional<HoldOrder> hold_in(const record::EntryView& entry) {
  if (entry.kind != record::EntryKind::act) return std::nullopt;
  const auto payload = charter::read_act_payload(entry.payload);
  if (!payload) return std::nullopt;
  const auto note = seal::parse_note(payload->note);
  if (!note) return std::nullopt;
  const auto act = charter::parse_act(note->text);
  if (!act || (act->kind != charter::ActKind::hold_set && act->kind != charter::ActKind::hold_lift))
    return std::nullopt;
  const auto body = serve::JsonObject::parse(
      {reinterpret_cast<const char*>(payload->body.data()), payload->body.size()});
  if (!body) return std::nullopt;
  HoldOrder order{act->kind, std::string(body->text("id").value_or("")), {}};
  order.act.time = entry.utc;
  order.act.reason = body->text("reason").value_or("");
  for (const seal::NoteSignature& signature : note->signatures)
    order.act.by += (order.act.by.empty() ? "" : ", ") + signature.key_name;
  return order;
}

}  // namespace

const node::NodeConfig& LiveNode::machine() const {
  return own_config_ ? *own_config_ : node_->core().config();
}

bool LiveNode::is_in_charge() const { return !standby_ || standby_->role() == PairRole::primary; }

Result<bool> LiveNode::prepare_copy() {
  auto folder = io::FileStorage::open_beside(key_folder_);
  if (!folder) return std::unexpected(folder.error());
  pair_storage_ = std::move(*folder);
  const auto memory = read_pair_memory(*pair_storage_);
  if (!memory) return std::unexpected(memory.error());
  if (memory->role != PairRole::standby) return false;
  const auto given_up = record::cut_broken_copy(*storage_);
  if (!given_up) return std::unexpected(given_up.error());
  return true;
}

Result<void> LiveNode::open_standby() {
  const auto key = open_or_make_link_key(key_folder_, node::authority_of(*own_config_));
  if (!key) return std::unexpected(key.error());
  auto standby = Standby::open({.config = *own_config_->standby,
                                .node = own_config_->name,
                                .origin = node_->record_log()->origin(),
                                .build = options_.build,
                                .key_pem = seal::pkcs8_pem(key->key),
                                .record = storage_.get(),
                                .keys = pair_storage_.get(),
                                .wake_owner = [inbox = inbox_.get()] { inbox->interrupt(); }},
                               *node_,
                               clock_);
  if (!standby) return std::unexpected(standby.error());
  standby_ = std::move(*standby);
  standby_->wait_for_word();
  switch (standby_->role()) {
    case PairRole::primary:
      return node_->begin(read_clock());
    case PairRole::standby:
      print_error("liptako: {}\n",
                  say("machine de secours : copie l'enregistrement de l'autre machine",
                      "standby machine: copies the record of the other machine"));
      return {};
    case PairRole::former:
      tell_stepped_down();
      return {};
  }
  return {};
}

bool LiveNode::is_former() const { return standby_ && standby_->role() == PairRole::former; }

std::uint16_t LiveNode::standby_port() const { return standby_ ? standby_->port() : 0; }

void LiveNode::tell_standby(serve::NodeStatus& status) {
  if (standby_) status.standby = standby_->status();
}

void LiveNode::part_from_standby() {
  if (standby_ && is_in_charge()) standby_->part(*node_);
}

node::SourceConfig LiveNode::bound_here(const node::SourceConfig& source) const {
  if (!own_config_ || !node_->core().charge().is_others_configuration) return source;
  const auto own = std::ranges::find(own_config_->sources, source.name, &node::SourceConfig::name);
  if (own == own_config_->sources.end() || own->kind != source.kind) return source;
  node::SourceConfig bound = source;
  bound.interface = own->interface;
  bound.path = own->path;
  // Where a group or another machine sends from is the same everywhere; where to listen is not.
  if (source.kind == node::SourceKind::udp || source.kind == node::SourceKind::tcp_listen) {
    bound.address = own->address;
    bound.port = own->port;
  }
  return bound;
}

void LiveNode::note_look(io::Command& command) {
  const auto event = serve::parse_audit_event(command.body);
  const auto written = event ? app::note_look(*pair_storage_,
                                              serve::audit_line(clock_.utc_now(), *event),
                                              event->session == 0 ? kMostOfStrangers : kMostLooks)
                             : base::bad_input("no audit event");
  command.reply(written ? 200 : 503, serve::accepted_json());
  if (server_) server_->wake();  // a stream may have waited for it
}

void LiveNode::tell_stepped_down() const {
  tell_terminal(
      "l'autre machine a pris la relève, celle-ci ne dirige plus rien ; pour en faire la machine "
      "de secours, arrêtez-la et lancez `liptako standby rejoin` (docs/STANDBY.md)",
      "the other machine took over, this one is in charge of nothing; to make it the standby, stop "
      "it and run `liptako standby rejoin` (docs/STANDBY.md)");
}

void LiveNode::keep_standby() {
  copy_entries();
  standby_->tell(*node_);
  const Standby::Decision decision = standby_->decide();
  if (const auto news = standby_->news()) print_error("liptako: {}\n", *news);
  if (decision.step_down) return step_down();
  const base::Duration now = clock_.monotonic_now();
  // One that was tried in vain, and not recorded, is over when the other machine is heard again.
  if (taking_over_ == record::TakeoverCause::silence && !decision.take_over &&
      node_->core().charge().term <= standby_->known_term())
    taking_over_.reset();
  if (!decision.take_over && !taking_over_) return;
  if (!taking_over_) taking_over_ = decision.cause;
  if (now < next_takeover_) return;
  next_takeover_ = now + std::chrono::seconds(1);
  if (auto done = take_over(*taking_over_, decision.silence); !done) {
    tell_terminal("la relève ne peut pas être écrite, nouvel essai : " + done.error().message,
                  "the takeover cannot be recorded, tried again: " + done.error().message);
  }
}

void LiveNode::copy_entries() {
  const std::vector<record::PairMessage> messages = standby_->take();
  std::vector<base::ByteView> bodies;
  for (const record::PairMessage& message : messages) {
    const auto* batch = std::get_if<record::EntryBatch>(&message);
    const auto* lost = std::get_if<record::LostEntries>(&message);
    const std::uint64_t first = batch != nullptr ? batch->first : lost->first;
    if (standby_->role() != PairRole::standby || first != node_->next_sequence()) {
      standby_->start_over();
      break;
    }
    if (lost != nullptr) {
      if (node_->pass_over(lost->count)) continue;
      standby_->start_over();
      break;
    }
    bodies.clear();
    for (std::size_t i = 0; i < batch->size(); ++i) bodies.push_back(batch->body(i));
    Result<void> copied = copy_holds(bodies);
    if (copied) copied = node_->follow(bodies);
    if (history_) history_->take(*node_);
    if (!copied) {  // the node tells: record_trouble()
      standby_->start_over();
      break;
    }
  }
  standby_->done(*node_);
}

// Before the entries: then retention deletes nothing that a hold keeps, whenever this ends.
Result<void> LiveNode::copy_holds(std::span<const base::ByteView> bodies) {
  for (const base::ByteView body : bodies) {
    const auto entry = record::decode_body_entry(body);
    const auto order = entry ? hold_in(*entry) : std::nullopt;
    if (!order) continue;
    const Result<void> done = order->kind == charter::ActKind::hold_set
                                  ? record::set_hold(*storage_, order->id, order->act)
                                  : record::lift_hold(*storage_, order->id, order->act);
    // Refused if it is there already: it was copied before. A disk that takes nothing is another
    // matter: the entry waits for it.
    if (!done && done.error().kind == base::ErrorKind::world) return done;
  }
  return {};
}

Result<void> LiveNode::take_over(record::TakeoverCause cause, base::Duration silence) {
  settle_sync();
  if (auto synced = node_->sync(); !synced) return synced;
  const auto head = record::tree_head_at(*storage_, node_->next_sequence());
  if (!head) return std::unexpected(head.error());
  const auto keys = open_or_make_keys(key_folder_, node::authority_of(*own_config_));
  if (!keys) return std::unexpected(keys.error());
  judge_clock();
  const node::Stamp stamp = read_clock();
  node::TakeoverOrder order{.from = standby_->other_origin(),
                            .cause = cause,
                            .heard = stamp.utc - silence,
                            .tree = *head,
                            .known_term = standby_->known_term(),
                            .key_name = keys->node.name,
                            .key = keys->node.key};
  if (auto done = node_->take_over(order, stamp); !done) return done;
  if (history_) history_->take(*node_);
  taking_over_.reset();
  record_ended_ = false;
  standby_->took_over(node_->core().charge().term);
  standby_->tell(*node_);
  erase_as_recorded();
  use_keys();
  allow_consoles();
  open_sources();
  next_tick_ = next_publication_ = {};
  tell_terminal(
      fmt::format("cette machine a pris la relève, mandat {}", node_->core().charge().term),
      fmt::format("this machine took over, term {}", node_->core().charge().term));
  return {};
}

void LiveNode::step_down() {
  close_sources({});
  take(inbox_->pop(base::Duration::zero()));
  end_record(false);
  standby_->stepped_down();
  tell_stepped_down();
  next_publication_ = {};
}

bool LiveNode::refuse_if_not_in_charge(io::Command& command) const {
  if (is_in_charge()) return false;
  command.reply(409, serve::refusal_json("standby", "this machine is not in charge of the node"));
  return true;
}

}  // namespace liptako::app
