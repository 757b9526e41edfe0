// The `liptako` command: reads the command line, hands over to a command.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <map>
#include <new>

#include "app/command_keeping.hpp"
#include "app/commands.hpp"
#include "app/decode.hpp"
#include "app/key_commands.hpp"
#include "app/words.hpp"
#include "io/secret_text.hpp"

namespace liptako::app {
namespace {

std::atomic<bool> stop_asked = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void ask_to_stop(int) { stop_asked = true; }

void catch_signals() {
  struct sigaction action{};
  action.sa_handler = ask_to_stop;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

// An option whose value is one of a few words; help names them.
template <class Value>
void takes_words(CLI::Option* option, const std::map<std::string, Value>& words) {
  std::string names;
  for (const auto& [word, value] : words) names += (names.empty() ? "" : "|") + word;
  option->transform(CLI::CheckedTransformer(words).description(""))->type_name(names);
}

// Keys, rosters and acts (docs/KEYS.md). What the options are read into lives as long as this.
class KeyCommands {
 public:
  KeyCommands(CLI::App& app, int& result) : result_(&result) {
    add_key(*app.add_subcommand("key", "Keys of a node and of persons, off line (docs/KEYS.md)"));
    add_roster(*app.add_subcommand("roster", "Who the members are, with which keys, off line"));
    add_act(*app.add_subcommand("act", "Commands signed by one person or two, off line"));
  }

 private:
  static void add_common(CLI::App& command, CeremonyOptions& options) {
    command.add_option("--passphrase-file",
                       options.passphrase_file,
                       "First line is the passphrase; asked on the terminal otherwise");
    command.add_flag("--json", options.json, "Print the result as JSON");
  }
  static void add_output(CLI::App& command, CeremonyOptions& options, const char* what) {
    command.add_option("-o,--output", options.output, what)->required();
  }
  template <class Run>
  void on(CLI::App& command, Run run) {
    command.callback([this, run] {
      io::keep_memory_private();
      *result_ = run();
    });
  }

  void add_key(CLI::App& key) {
    key.require_subcommand(1);
    auto& fresh = *key.add_subcommand("new", "Make a key");
    fresh.add_option("--role", new_.role, "node, log, witness, tls, operator or root")->required();
    fresh.add_option("--name", new_.name, "Its name: ml.example/operator/oq-1")->required();
    fresh.add_flag("--plain", new_.plain, "Do not seal an operator's or root key");
    fresh.add_option("--pem", new_.pem, "tls: also as PKCS #8 in this file");
    add_output(fresh, new_, "Key file, which must not exist");
    add_common(fresh, new_);
    on(fresh, [this] { return run_key_new(new_); });

    auto& show = *key.add_subcommand("show", "What others need to know of keys");
    show.add_option("files", shown_, "Key files")->required();
    show.add_flag("--json", show_json_, "Print JSON Lines");
    on(show, [this] { return run_key_show(shown_, show_json_); });

    auto& rotate = *key.add_subcommand("rotate", "A fresh key, and the draft of the next roster");
    rotate.add_option("key", change_.key, "Key file of the old one")->required();
    rotate.add_option("--new", change_.fresh, "File of the fresh one, not existing")->required();
    auto& revoke = *key.add_subcommand("revoke", "The draft of a roster without a key");
    revoke.add_option("key", change_.key, "Key file, or the verifier key itself")->required();
    revoke.add_option("--reason", change_.reason, "A line for people")->required();
    for (CLI::App* command : {&rotate, &revoke}) {
      command->add_option("--roster", change_.roster, "The one in force")->required();
      add_output(*command, change_, "Where the draft goes");
      add_common(*command, change_);
    }
    on(rotate, [this] { return run_key_rotate(change_); });

    auto& enrol = *key.add_subcommand("enrol", "Show a node that one holds an operator key");
    enrol.add_option("key", enrol_.key, "Key file of the operator")->required();
    enrol.add_option("--node", enrol_.node, "Name of the node")->required();
    enrol.add_option("--account", enrol_.account, "Whose key it will be")->required();
    enrol.add_option("--challenge", enrol_.challenge, "As the node's page shows it")->required();
    enrol.add_option("-o,--output", enrol_.output, "Where the proof goes; else printed");
    enrol.add_option("--passphrase-file",
                     enrol_.passphrase_file,
                     "First line is the passphrase; asked on the terminal otherwise");
    on(enrol, [this] { return run_key_enrol(enrol_); });
    on(revoke, [this] { return run_key_revoke(change_); });
  }

  void add_roster(CLI::App& roster) {
    roster.require_subcommand(1);
    auto& draft = *roster.add_subcommand("new", "The draft of a first roster");
    draft.add_option("--federation", roster_.federation, "Its name: aes.example/airpic")
        ->required();
    draft.add_option("--member", roster_.members, "CODE=NAME, in the order of numbers")->required();
    draft.add_option("--key", roster_.keys, "CODE:ROLE=KEY, a key file or a verifier key")
        ->required();
    draft.add_option("--operator", roster_.operators, "CODE:ROLE,ROLE=KEY");
    draft.add_option("--days", roster_.days, "Valid so long from now")
        ->check(CLI::Range(1, 3660))
        ->capture_default_str();
    draft.add_option("--roots", roster_.roots, "So many roots of a member; else more than half");
    draft.add_option("--agree", roster_.of_members, "So many members; else more than half");
    add_output(draft, roster_, "Where the draft goes");
    on(draft, [this] { return run_roster_new(roster_); });

    auto& sign = *roster.add_subcommand("sign", "Add one signature");
    sign.add_option("roster", sign_.file, "Draft or note")->required();
    sign.add_option("--key", sign_.key, "Key file of a root key")->required();
    sign.add_option("-o,--output", sign_.output, "Where the note goes; else in place");
    add_common(sign, sign_);
    on(sign, [this] { return run_roster_sign(sign_); });

    auto& check = *roster.add_subcommand("check", "Would it take force? Exit code 1 if not");
    check.add_option("roster", check_.file, "Note or draft")->required();
    check.add_option("--after", check_.after, "The one in force; else it would be the first");
    check.add_flag("--json", check_.json, "Print the result as JSON");
    on(check, [this] { return run_roster_check(check_); });

    auto& show = *roster.add_subcommand("show", "What it says");
    show.add_option("roster", check_.file, "Note or draft")->required();
    show.add_flag("--json", check_.json, "Print it as JSON");
    on(show, [this] { return run_roster_show(check_.file, check_.json); });
  }

  void add_act(CLI::App& act) {
    act.require_subcommand(1);
    auto& fresh = *act.add_subcommand("new", "Write an act, signed by the first person");
    fresh.add_option("--node", act_.node, "Name of the node that shall obey")->required();
    fresh.add_option("--act", act_.act, "Its kind: hold_set, configuration, ...")->required();
    fresh.add_option("--body", act_.body, "File of what it commands")->required();
    fresh.add_option("--key", act_.key, "Key file of an operator");
    add_output(fresh, act_, "Where the note goes");
    add_common(fresh, act_);
    on(fresh, [this] { return run_act_new(act_); });

    auto& sign = *act.add_subcommand("sign", "Add the signature of another person");
    sign.add_option("act", sign_.file, "The note")->required();
    sign.add_option("--body", sign_.body, "File of what it commands")->required();
    sign.add_option("--key", sign_.key, "Key file of an operator")->required();
    sign.add_option("-o,--output", sign_.output, "Where the result goes; else in place");
    add_common(sign, sign_);
    on(sign, [this] { return run_act_sign(sign_); });
  }

  int* result_;
  KeyNewOptions new_;
  std::vector<std::string> shown_;
  bool show_json_ = false;
  KeyChangeOptions change_;
  KeyEnrolOptions enrol_;
  RosterNewOptions roster_;
  RosterCheckOptions check_;
  SignOptions sign_;
  ActNewOptions act_;
};

int run(int argc, char** argv) {
  CLI::App app("Liptako: one air picture for several sovereign states");
  app.name("liptako");
  app.set_version_flag("--version", LIPTAKO_VERSION);
  app.require_subcommand(1);
  int result = kDone;

  DemoOptions demo;
  auto* demo_command = app.add_subcommand(
      "demo", "Three simulated nations, from sensor bytes to one map in the browser");
  demo_command->add_option("--seconds", demo.seconds, "End by itself after this wall time")
      ->check(CLI::PositiveNumber);
  demo_command->add_flag("--json", demo.json, "Last line: the result as JSON");
  demo_command
      ->add_option(
          "--port", demo.port, "Port of the first console, the others' follow; 0 takes free ones")
      ->capture_default_str();
  demo_command->add_option(
      "--record", demo.record, "Keep one record per node in folders of this folder");
  takes_words<Tier>(
      demo_command->add_option("--tier", demo.tier, "Traffic: surge 500, benchmark 4,000"),
      {{"nominal", Tier::nominal}, {"surge", Tier::surge}, {"benchmark", Tier::benchmark}});
  demo_command->add_option("--scenario", demo.scenario, "Another scenario file")
      ->check(CLI::ExistingFile);
  demo_command->add_option("--seed", demo.seed, "Of traffic, noise and faults")
      ->capture_default_str();
  demo_command->add_option("--console", demo.console, "Folder of the built console");
  demo_command->callback([&] {
    io::keep_memory_private();
    result = run_demo(demo, stop_asked);
  });

  NodeOptions node;
  auto* node_command = app.add_subcommand("node", "One national node");
  node_command->add_option("--config", node.config, "Configuration (docs/CONFIGURATION.md)")
      ->required();
  node_command->add_option(
      "--port", node.port, "Port of the console, instead of the configuration's");
  node_command->add_option("--seconds", node.seconds, "End by itself after this wall time")
      ->check(CLI::PositiveNumber);
  node_command->add_option("--console", node.console, "Folder of the built console");
  node_command->callback([&] {
    io::keep_memory_private();
    result = run_node(node, stop_asked);
  });

  std::string machine;
  auto& standby_command =
      *app.add_subcommand("standby", "A node on two machines (docs/STANDBY.md)");
  standby_command.require_subcommand(1);
  const auto add_order = [&](const char* name, const char* what, auto run) {
    auto* order = standby_command.add_subcommand(name, what);
    order->add_option("--config", machine, "This machine's configuration")->required();
    order->callback([&result, run] { result = run(); });
    return order;
  };
  add_order("key", "Print, or make, the key of this machine's link", [&] {
    return run_standby_key(machine);
  });
  add_order("take-over", "This machine takes charge, now", [&] {
    return run_standby_take_over(machine);
  });
  std::string copy_begins;
  add_order("rejoin", "This machine stands by from now on; its record is kept", [&] {
    return run_standby_rejoin(machine, copy_begins);
  })->add_option("--backup", copy_begins, "Backup of the node's record, to begin the copy with");

  SimOptions sim;
  auto* sim_command =
      app.add_subcommand("sim", "Record a simulated world: sensors' bytes, and the truth");
  sim_command->add_option("scenario", sim.scenario, "Scenario file (docs/SIMULATOR.md)")
      ->required();
  sim_command->add_option("--seed", sim.seed, "Of traffic, noise and faults")
      ->capture_default_str();
  sim_command->add_option("-o,--output", sim.output, "Folder, new or empty")->required();
  sim_command->add_option("--minutes", sim.minutes, "How long")->capture_default_str();
  sim_command->add_option("--start", sim.start, "When it begins, UTC")->capture_default_str();
  sim_command->add_flag("--json", sim.json, "Print the manifest");
  sim_command->callback([&] { result = run_sim(sim); });

  PlayOptions play;
  auto* play_command =
      app.add_subcommand("play", "Send recordings over UDP at the pace they were made");
  play_command->add_option("files", play.files, "Recordings; each goes to its own port")
      ->required();
  play_command->add_option("--to", play.to, "Address and port of the first")->capture_default_str();
  play_command->add_option("--speed", play.speed, "Times as fast as recorded")
      ->check(CLI::Range(0.01, 1000.0));
  play_command->add_option("--seconds", play.seconds, "End by itself after this wall time")
      ->check(CLI::PositiveNumber);
  play_command->callback([&] { result = run_play(play, stop_asked); });

  ReplayOptions replay;
  auto* replay_command = app.add_subcommand("replay", "Recompute a node's state from its record");
  replay_command->add_option("record", replay.record, "Folder of one node's record")->required();
  replay_command->add_flag("--hash", replay.hash, "Print the state's hash alone");
  replay_command->add_flag("--json", replay.json, "Print the result as JSON");
  replay_command->add_flag("--verify",
                           replay.verify,
                           "First verify the record against its log; stop if it is not sound");
  replay_command->add_option("--keys", replay.keys, "Verifier keys for that, one a line");
  replay_command->callback([&] { result = run_replay(replay); });

  auto* record_command =
      app.add_subcommand("record", "Verify a record; prove what is in it (docs/RECORD.md)");
  record_command->require_subcommand(1);
  RecordVerifyOptions verify;
  auto* verify_command = record_command->add_subcommand(
      "verify", "Hold every entry against the log's tiles and checkpoints");
  verify_command->add_option("record", verify.record, "Folder of one node's record")->required();
  verify_command->add_option("--keys", verify.keys, "Verifier keys, one a line (members.pub)");
  verify_command->add_flag("--json", verify.json, "Print the result as JSON");
  verify_command->callback([&] { result = run_record_verify(verify); });
  RecordProveOptions prove;
  auto* prove_command =
      record_command->add_subcommand("prove", "Write the proof that an entry is in the log");
  prove_command->add_option("record", prove.record, "Folder of one node's record")->required();
  prove_command->add_option("entry", prove.entry, "Its sequence number")->required();
  prove_command->add_option("-o,--output", prove.output, "File, *.tlog-proof")
      ->capture_default_str();
  prove_command->callback([&] { result = run_record_prove(prove); });
  RecordConsistencyOptions consistency;
  auto* consistency_command = record_command->add_subcommand(
      "consistency", "Prove that the log over NEWER entries extends the one over OLDER");
  consistency_command->add_option("record", consistency.record, "Folder of one node's record")
      ->required();
  consistency_command->add_option("older", consistency.older, "Entries")->required();
  consistency_command->add_option("newer", consistency.newer, "Entries")->required();
  consistency_command->callback([&] { result = run_record_consistency(consistency); });

  KeepingCommands keeping(app, *record_command, result);

  HistoryOptions history;
  bool history_json = false;
  std::string history_before;
  auto* history_command =
      app.add_subcommand("history", "Where tracks were: a box, a time (docs/HISTORY.md)");
  history_command->require_subcommand(0, 1);
  auto* history_record =
      history_command->add_option("record", history.record, "Folder of one node's record");
  history_command->add_option("--box", history.box, "LATMIN,LONMIN,LATMAX,LONMAX in degrees");
  history_command->add_option("--from", history.from, "First instant: 2026-11-22T10:00:00Z");
  history_command->add_option("--to", history.to, "End, not included");
  history_command->add_option("--track", history.track, "One track by its number");
  auto* history_lines =
      history_command->add_flag("--json", history_json, "Print JSON Lines (the default)");
  history_command->add_flag("--csv", history.csv, "Print comma-separated values")
      ->excludes(history_lines);
  auto* rebuild_command = history_command->add_subcommand(
      "rebuild", "Make the history anew from the record, which no node may be writing");
  rebuild_command->add_option("record", history.record, "Folder of one node's record")->required();
  auto* prune_command =
      history_command->add_subcommand("prune", "Remove from the history, not from the record");
  prune_command->add_option("record", history.record, "Folder of one node's record")->required();
  prune_command->add_option("--before", history_before, "What ended earlier")->required();
  history_command->callback([&] {
    if (rebuild_command->parsed()) {
      result = run_history_rebuild(history.record);
    } else if (prune_command->parsed()) {
      result = run_history_prune(history.record, history_before);
    } else {
      if (history.record.empty()) throw CLI::RequiredError(history_record->get_name());
      result = run_history(history);
    }
  });

  TrackOptions track;
  auto* track_command = app.add_subcommand("track", "Track recordings, as fast as possible");
  track_command->add_option("files", track.files, "Recordings, merged by time");
  track_command->add_option(
      "--set", track.set, "Benchmark set instead: s1, s1b, s2, s3, atc, atc10, atc100, atc1000");
  track_command->add_option("--data", track.data, "Folder of the set's files");
  track_command->add_option("--runs", track.runs, "Runs of the set: A-B, or one");
  takes_words<bool>(
      track_command->add_option("--mode", track.research, "Of the set; default: operational"),
      {{"research", true}, {"operational", false}});
  track_command->add_option(
      "--exchange", track.exchange, "Between the agents of s2: plots (the default), tracks, none");
  track_command->add_flag(
      "--covariance", track.covariance, "Of the set: columns pxx,pxy,pyy too, in m^2");
  track_command->add_option("--sensors", track.sensors, "[[sensor]] tables: sites and accuracies");
  track_command->add_option(
      "--date", track.date, "Day the recordings begin (default: a capture's, else 1970-01-01)");
  track_command
      ->add_option("--smooth",
                   track.smooth_s,
                   "Seconds: each state as it looks that much later, in its own time's place")
      ->check(CLI::Range(1.0, 600.0));
  track_command->add_option(
      "-o,--output", track.output, "One JSON line per track update; - is standard output");
  track_command->add_option(
      "--registration",
      track.registration,
      "File: one JSON line per sensor and minute of what is learnt of its biases");
  track_command->add_flag(
      "--no-registration", track.no_registration, "Take the sensors as they are");
  track_command->add_option(
      "--doubts", track.doubts, "File for what is found doubtful, as JSON Lines (docs/DOUBTS.md)");
  track_command->callback([&] { result = run_track(track); });

  const KeyCommands key_commands(app, result);

  PersonalOptions personal;
  auto* personal_command =
      app.add_subcommand("personal", "Whose names a key folder can read; erasures (docs/KEYS.md)");
  personal_command->add_option("folder", personal.folder, "Key folder, or a copy of one")
      ->required();
  personal_command->add_option(
      "--record", personal.record, "First destroy the keys that this record says were erased");
  personal_command->add_flag("--json", personal.json, "Print JSON Lines");
  personal_command->callback([&] {
    io::keep_memory_private();
    result = run_personal(personal);
  });

  SchemaOptions schema;
  auto* schema_command =
      app.add_subcommand("schema", "Every type of data with its fields (docs/SCHEMA.md)");
  schema_command->add_option("--type", schema.type, "One type, or all below a name: asterix");
  schema_command->add_flag("--json", schema.json, "Print the result as JSON");
  schema_command->callback([&] { result = run_schema(schema); });

  ScoreOptions score;
  auto* score_command =
      app.add_subcommand("score", "Compare tracks with the truth (docs/SCORING.md)");
  score_command->add_option("--truth", score.truth, "truth.jsonl, of liptako sim");
  score_command->add_option("--tracks", score.tracks, "tracks.jsonl, of liptako track");
  score_command->add_option("--labels", score.labels, "labels.jsonl, of liptako sim");
  score_command->add_option("--doubts", score.doubts, "doubts.jsonl, of liptako track --doubts");
  score_command->add_option(
      "--set", score.set, "Benchmark set instead: s1, s1b, s2, s3, atc, atc10, atc100, atc1000");
  score_command->add_option("--data", score.data, "Folder of the set's files");
  score_command->add_option("--estimates", score.estimates, "CSV of the set's tracks");
  score_command->add_option("--runs", score.runs, "Runs of the set: A-B, or one");
  score_command->add_option("--member", score.member, "Whose sensors make an aircraft due");
  score_command->add_flag("--json", score.json, "Print the result as JSON");
  score_command->add_option("--c", score.cutoff_m, "Metres within which a track is an aircraft's")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str();
  score_command->add_option(
      "--gamma", score.gamma_m, "Metres a change of track costs (default: a tenth of c)");
  score_command->add_option("--p", score.order, "Order of GOSPA")
      ->check(CLI::Range(1, 10))
      ->capture_default_str();
  score_command
      ->add_option("--update-interval", score.update_interval_s, "Seconds in which a plot is due")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  score_command->add_option("--coast", score.coast_s, "Seconds a track without plots is shown")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  score_command->add_option("--from", score.from, "First instant: 2026-11-22T10:00:00Z");
  score_command->add_option("--to", score.to, "Last instant");
  score_command->callback([&] { result = run_score(score); });

  std::vector<std::string> recordings;
  DecodeOptions decode;
  auto* decode_command =
      app.add_subcommand("decode", "Print recordings as JSON Lines (docs/DECODE.md)");
  auto* decode_files =
      decode_command->add_option("files", recordings, "Recordings; - is standard input");
  decode_command->add_flag("--fields", decode.fields, "Print the table of field names instead");
  takes_words<feeds::SourceFormat>(
      decode_command->add_option(
          "--format", decode.format, "What they hold, if it is not to be recognised"),
      {{"asterix", feeds::SourceFormat::asterix},
       {"beast", feeds::SourceFormat::beast},
       {"avr", feeds::SourceFormat::avr}});
  std::string edition;
  decode_command
      ->add_option("--edition", edition, "Edition of CAT021, if it is not to be recognised")
      ->check(CLI::IsMember({"021=0.23", "021=2"}));
  decode_command->callback([&] {
    if (!edition.empty())
      decode.editions = codec::asterix::Editions{.cat021_ed023 = edition == "021=0.23"};
    if (recordings.empty() && !decode.fields) throw CLI::RequiredError(decode_files->get_name());
    result = run_decode(recordings, decode, std::cout, std::cerr);
  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kDone : kUsage;
  }
  return result;
}

}  // namespace

std::string find_shipped(const std::string& relative) {
  std::error_code ignored;
  const std::filesystem::path self =
      std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const std::filesystem::path& base :
       {self / "..", self / ".." / "..", self / ".." / "share" / "liptako"}) {
    if (std::filesystem::exists(base / relative, ignored))
      return (base / relative).lexically_normal().string();
  }
  return "";
}

}  // namespace liptako::app

int main(int argc, char** argv) {
  liptako::app::catch_signals();
  try {
    return liptako::app::run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::cerr << "liptako: " << liptako::app::say("mémoire insuffisante", "not enough memory")
              << '\n';
    return liptako::app::kWorldFailed;
  }
}
