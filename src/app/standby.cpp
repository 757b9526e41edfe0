#include "app/standby.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/words.hpp"
#include "io/clock.hpp"
#include "record/format.hpp"

namespace liptako::app {

namespace {

using base::Duration;
using base::Result;
using record::PairRole;
using record::PairVerdict;

constexpr Duration kBeatEvery = std::chrono::seconds(1);
constexpr Duration kTurn = std::chrono::milliseconds(200);
// Whoever says nothing for so long is gone; the one that serves is more patient, since the other
// may be busy with what it was sent.
constexpr Duration kSilent = std::chrono::seconds(5);
constexpr Duration kSilentStandby = std::chrono::seconds(20);
// An owner that has not turned for so long is as good as gone.
constexpr Duration kOwnerLives = std::chrono::seconds(3);
constexpr std::size_t kMostInbound = 4u << 20;
// The machine that follows dials once a second, and shaking hands takes less.
constexpr Duration kWord = std::chrono::seconds(4);
// A standby that starts and hears nothing: the other machine may be starting too.
constexpr Duration kBootWait = std::chrono::seconds(60);
constexpr Duration kOrderEvery = std::chrono::milliseconds(500);
// Not up to date for longer than this is behind; before that it is the disk's usual delay.
constexpr Duration kUsualLag = std::chrono::seconds(3);
constexpr Duration kParting = std::chrono::seconds(1);
constexpr Duration kLostAfter = std::chrono::seconds(2);

std::string machine_of(const std::string& origin) { return origin.substr(0, origin.find('/')); }

std::size_t weight_of(const record::PairMessage& message) {
  if (const auto* batch = std::get_if<record::EntryBatch>(&message)) return batch->bytes.size();
  // A few bytes on the wire that become a frame each in the record.
  const auto* lost = std::get_if<record::LostEntries>(&message);
  return sizeof message +
         (lost != nullptr ? static_cast<std::size_t>(lost->count) * record::kFrameHeaderSize : 0);
}

// The other machine's words are English; the reason is known.
std::string explain(const record::Refused& refused) {
  using enum record::PairRefusal;
  const auto meaning = [&]() -> std::string_view {
    switch (refused.reason) {
      case wrong_node:
        return "l'autre machine est celle d'un autre nœud";
      case diverged:
        return "les deux enregistrements ne disent pas la même chose";
      case two_primaries:
        return "les deux dirigent le nœud, avec le même mandat";
      case not_whole:
        return "les premières entrées sont déjà effacées sur l'autre machine ; commencez par une "
               "sauvegarde";
      case damaged:
        return "l'enregistrement de l'autre machine est abîmé";
      case same_log:
        return "les deux signent un journal du même nom ; changez [keys] authority de l'une";
    }
    return "";
  };
  return speaks_english() ? refused.words : fmt::format("{} ({})", meaning(), refused.words);
}

// Whether this machine is in charge as its record and its memory have it. The record says who took
// over last; before anybody did it is the one that listens. A machine that was told to stand by
// does so, whatever is in the record that it was given since (a backup from the time of its own
// charge, say); unless it took over itself and ended before it could remember that.
bool was_in_charge(const node::ChargeStanding& charge,
                   const PairMemory& memory,
                   const std::string& origin,
                   bool listens) {
  if (memory.role == PairRole::former) return false;
  const bool is_ours = charge.newest && charge.newest->by == origin;
  if (memory.role == PairRole::standby) return is_ours && memory.whole && charge.term > memory.term;
  return charge.newest ? is_ours : listens;
}

}  // namespace

Standby::Standby(Options options, base::Clock& clock)
    : options_(std::move(options)), clock_(clock), inbound_(kMostInbound) {}

Result<std::unique_ptr<Standby>> Standby::open(Options options,
                                               const node::Node& node,
                                               base::Clock& clock) {
  std::unique_ptr<Standby> s(new Standby(std::move(options), clock));
  auto memory = read_pair_memory(*s->options_.keys);
  if (!memory) return std::unexpected(memory.error());
  s->memory_ = s->written_ = std::move(*memory);
  s->begun_ = clock.monotonic_now();
  s->first_ = node.opened().record.first_sequence;
  const node::ChargeStanding& charge = node.core().charge();
  s->term_ = charge.term;
  const bool was_ours =
      was_in_charge(charge, s->memory_, s->options_.origin, s->options_.config.listens);
  s->role_ = was_ours ? PairRole::primary : PairRole::standby;
  if (s->memory_.role == PairRole::former) s->role_ = PairRole::former;
  if (s->role_ == PairRole::standby) s->memory_.role = PairRole::standby;
  if (s->role_ == PairRole::primary) s->memory_.role.reset();
  s->own_.set(std::make_shared<const Own>(s->role_));
  s->tell(node);
  io::PeerLinkOptions link;
  link.listens = s->options_.config.listens;
  link.address = s->options_.config.address;
  link.port = s->options_.config.port;
  link.key_pem = std::exchange(s->options_.key_pem, {});
  link.peer_key = s->options_.config.peer.key.bytes;
  auto started = io::PeerLink::start(link, [s = s.get()](io::PeerConnection& c) { s->talk(c); });
  if (!started) return std::unexpected(started.error());
  s->link_ = std::move(*started);
  return s;
}

Standby::~Standby() {
  ending_ = true;
  inbound_.close();
  link_.reset();
}

void Standby::wait_for_word() {
  // A machine that was set up anew knows nothing of the other, which may be in charge.
  const bool ran_alone = !memory_.met && next_ > 0 && term_ == record::kFirstTerm;
  if (role_ != PairRole::primary || ran_alone) return;
  const Duration until = clock_.monotonic_now() + kWord;
  while (clock_.monotonic_now() < until) {
    alive_ns_ = clock_.monotonic_now().count();
    if (const auto other = other_.get(); other && other->verdict) break;
    io::pause_for(std::chrono::milliseconds(10));
  }
  if (decide().step_down) stepped_down();
}

void Standby::tell(const node::Node& node) {
  alive_ns_ = clock_.monotonic_now().count();
  const std::uint64_t synced = node.synced_end();
  next_ = node.next_sequence();
  term_ = node.core().charge().term;
  first_ = std::max(first_.load(), node.core().keeping().deleted_end());
  if (synced_.exchange(synced) != synced && link_) link_->wake();
}

void Standby::done(const node::Node& node) {
  tell(node);
  inbound_.done();
}

void Standby::start_over() { own_.set(std::make_shared<const Own>(role_)); }

void Standby::part(const node::Node& node) {
  const Duration until = clock_.monotonic_now() + kParting;
  tell(node);
  while (clock_.monotonic_now() < until) {
    const auto other = other_.get();
    const bool serves = other && other->connected && other->verdict == PairVerdict::serve;
    if (!serves || given_ >= synced_) return;
    io::pause_for(std::chrono::milliseconds(10));
  }
}

void Standby::tell_other(const record::PairSession& session, bool connected) {
  if (!session.other()) return;
  other_.set(std::make_shared<const Other>(
      *session.other(), session.verdict(), session.refusal(), connected));
}

bool Standby::hand_over(std::vector<record::PairMessage>& messages) {
  for (record::PairMessage& message : messages) {
    if (const auto* beat = std::get_if<record::Beat>(&message)) {
      other_end_ = beat->end;
      continue;
    }
    const std::size_t weight = weight_of(message);
    if (!inbound_.push(std::move(message), weight)) return false;
  }
  if (!messages.empty()) options_.wake_owner();
  messages.clear();
  return true;
}

void Standby::talk(io::PeerConnection& connection) {
  const auto owner_lives = [this] {
    return clock_.monotonic_now() - Duration(alive_ns_.load()) < kOwnerLives;
  };
  // A link without an owner behind it would keep the other machine waiting.
  if (!owner_lives()) return;
  inbound_.wait_until_done();
  const auto own = own_.get();
  const bool leads = own->role == PairRole::primary;
  const auto head = record::tree_head_at(*options_.record, leads ? synced_.load() : next_.load());
  if (!head) return;  // the node's own trouble tells of a disk that cannot be read
  record::PairSession session(
      *options_.record,
      {own->role, term_, *head, options_.node, options_.origin, options_.build},
      first_);
  base::Bytes out;
  std::vector<record::PairMessage> messages;
  session.begin(out);
  given_ = acknowledged_ = 0;
  Duration heard = clock_.monotonic_now();
  Duration next_beat = heard;  // the first one says at once how much there is
  bool more = false;
  bool sound = true;
  while (sound && !ending_ && own_.get() == own) {
    if (!out.empty()) {
      sound = connection.write(out).has_value();
      out.clear();
      if (!sound) break;
    }
    if (session.verdict() == PairVerdict::refuse) break;
    const auto bytes = connection.read(more ? Duration::zero() : kTurn);
    if (!bytes) break;
    const Duration now = clock_.monotonic_now();
    if (!bytes->empty()) {
      const bool met = session.verdict().has_value();
      sound = session.take(*bytes, out, messages).has_value();
      heard = now;
      heard_ns_ = now.count();
      if (session.verdict() == PairVerdict::follow) followed_ns_ = now.count();
      if (!met) tell_other(session, true);
      sound = hand_over(messages) && sound;
      if (!sound) break;
    }
    const bool serves = session.verdict() == PairVerdict::serve;
    if (now - heard > (serves ? kSilentStandby : kSilent)) break;
    more = false;
    if (serves) {
      const auto given = session.give(synced_, out);
      if (!given) break;
      more = *given;
      acknowledged_ = session.acknowledged();
      given_ = out.empty() ? session.given() : given_.load();  // what was written
    }
    if (now >= next_beat && owner_lives()) {
      next_beat = now + kBeatEvery;
      encode_message(record::Beat{synced_}, out);
    }
  }
  // What was said last is worth an attempt: a refusal is for the other machine's screen.
  if (sound && !out.empty()) (void)connection.write(out);
  tell_other(session, false);
}

Duration Standby::silence() const {
  const std::int64_t followed = followed_ns_;
  return clock_.monotonic_now() - (followed != 0 ? Duration(followed) : begun_);
}

void Standby::learn() {
  if (const std::uint64_t wrong = link_->counters().wrong_keys; told_keys_ == 0 && wrong > 0) {
    told_keys_ = wrong;
    news_ =
        say("machine de secours : une connexion avec une autre clé que celle de [standby] peer "
            "est refusée",
            "standby: a connection with another key than that of [standby] peer is refused");
  }
  const auto other = other_.get();
  if (!other) return;
  if (other->verdict == PairVerdict::refuse) {
    const std::string why = other->refusal ? explain(*other->refusal) : "";
    if (told_ != why) {
      told_ = why;
      news_ = fmt::format(fmt::runtime(say("machine de secours : les deux machines ne vont pas "
                                           "ensemble : {}",
                                           "standby: the two machines do not go together: {}")),
                          why);
    }
    return;
  }
  told_.clear();
  memory_.other = other->hello.origin;
  memory_.term = std::max(memory_.term, other->hello.term);
  const bool works = other->verdict == PairVerdict::serve || other->verdict == PairVerdict::follow;
  memory_.met = memory_.met || works;
  const bool is_whole =
      role_ == PairRole::standby && followed_ns_ != 0 && other_end_ != 0 && next_ >= other_end_;
  memory_.whole = memory_.whole || is_whole;
}

void Standby::look_at_disk() {
  if (!disk_.idle()) return;
  const Duration now = clock_.monotonic_now();
  bool again = true;
  if (keeping_ && kept_) {
    written_ = *keeping_;
    told_disk_.clear();
  } else if (keeping_) {
    again = now >= next_order_;
    if (std::exchange(told_disk_, kept_.error().message) != kept_.error().message) {
      news_ = fmt::format("{} {}",
                          say("machine de secours : rien ne peut être retenu :",
                              "standby: nothing can be remembered:"),
                          kept_.error().message);
    }
  }
  if (!again) return;  // what could not be kept is tried again in a while
  keeping_.reset();
  if (memory_ != written_) keeping_ = memory_;
  if (!keeping_ && now < next_order_) return;
  next_order_ = now + kOrderEvery;
  disk_.run([this] {
    if (keeping_) kept_ = write_pair_memory(*options_.keys, *keeping_);
    if (take_order(*options_.keys)) ordered_ = true;
  });
}

Standby::Decision Standby::decide() {
  learn();
  look_at_disk();
  Decision decision;
  if (role_ == PairRole::primary) {
    const auto other = other_.get();
    decision.step_down = other && other->verdict == PairVerdict::step_down;
  }
  if (ordered_.exchange(false) && role_ != PairRole::primary) {
    decision.take_over = true;
    decision.cause = record::TakeoverCause::command;
  }
  decision.silence = silence();
  const auto& after = options_.config.takeover_after;
  if (role_ != PairRole::standby || !after || !memory_.whole) return decision;
  if (const auto other = other_.get(); other && other->verdict == PairVerdict::refuse)
    return decision;
  const Duration limit = followed_ns_ != 0 ? *after : std::max<Duration>(*after, kBootWait);
  decision.take_over = decision.take_over || decision.silence >= limit;
  return decision;
}

void Standby::set_role(PairRole role, std::uint64_t term) {
  role_ = role;
  term_ = term;
  own_.set(std::make_shared<const Own>(role_));
  if (link_) link_->wake();
  look_at_disk();
}

void Standby::took_over(std::uint64_t term) {
  memory_.role.reset();
  memory_.whole = false;
  memory_.term = std::max(memory_.term, term);
  set_role(PairRole::primary, term);
}

void Standby::stepped_down() {
  memory_.role = PairRole::former;
  set_role(PairRole::former, term_);
}

serve::StandbyStatus Standby::status() {
  const Duration now = clock_.monotonic_now();
  const auto other = other_.get();
  const bool connected = other && other->connected;
  serve::StandbyStatus s;
  s.role = record::name_of(role_);
  s.of = machine_of(other ? other->hello.origin : memory_.other);
  s.term = term_;
  s.wrong_keys = link_->counters().wrong_keys;
  const std::int64_t heard = role_ == PairRole::standby ? followed_ns_ : heard_ns_;
  if (heard != 0) s.age = now - Duration(heard);
  const bool refused = other && other->verdict == PairVerdict::refuse;
  if (!connected) s.detail = refused && other->refusal ? other->refusal->words : link_->trouble();
  if (role_ == PairRole::former) {
    s.state = "stepped_down";
    return s;
  }
  const bool works =
      connected && s.age && *s.age < kLostAfter + kBeatEvery &&
      (other->verdict == PairVerdict::serve || other->verdict == PairVerdict::follow);
  if (!works) {
    awaited_.reset();
    s.state = refused ? "refused" : role_ == PairRole::standby ? "lost" : "absent";
    return s;
  }
  // Of what is in the record, also while its disk promises nothing any more.
  const std::uint64_t ahead = role_ == PairRole::standby ? other_end_.load() : next_.load();
  const std::uint64_t has = role_ == PairRole::standby ? next_.load() : acknowledged_.load();
  s.behind = ahead - std::min(ahead, has);
  // Something is always under way: what counts is since when the same has been awaited.
  if (!awaited_ || has >= awaited_->end) awaited_ = Awaited{now, ahead};
  const Duration lag = now - awaited_->since;
  // A standby that was not told yet how much there is does not know that it has it.
  s.state = lag > kUsualLag || ahead == 0 ? "behind" : "following";
  if (lag > kUsualLag) s.age = lag;
  return s;
}

std::optional<std::string> Standby::news() { return std::exchange(news_, std::nullopt); }

}  // namespace liptako::app
