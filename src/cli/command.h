// Command: a program's verbs, flags and arguments; the one door to the flag library, which is dear to
// compile.
//
//   Command root("hancock", "runs containers at the edge");
//   Command& scale = root.verb("scale", "change how many Tasks a Service has");
//   scale.argument("SERVICE", options.service, "app/service");
//   scale.action([&] { return run_scale(options); });
//   return root.run(argc, argv);
//
// What is bound must outlive run(). Main thread, before anything else runs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hancock::cli {

/// What the process exits with; scripts rely on it (docs/cli.md).
enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,    // it failed, or there is no such thing
  kRefused = 2,   // wrong command line or refused input
  kNoMaster = 3,  // no Master answers or leads
  kDenied = 4,
  kTimeout = 5,  // the work goes on
  kInterrupted = 130,
};

enum class Presence { kOptional, kRequired };

/// One flag, option or argument of a verb, as --help knows it.
struct CommandEntry {
  std::string verb;           // "dev up"; "" of the root
  std::string name;           // "--follow", "-f", or an argument's: "FILE"; "" stands for the verb itself
  std::string default_value;  // "": none
  std::string environment;    // the variable that gives it, too
};

class Command {
 public:
  Command(std::string name, std::string help);
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  ~Command();

  /// A verb below this one; repeated words make groups: root.verb("node", …).verb("ls", …).
  Command& verb(const std::string& name, const std::string& help);
  /// --version, of the root.
  void version(const std::string& text);
  /// A verb that is known but not built yet: refused as such, whatever follows it.
  void later(const std::string& name);

  /// "--detach" or "-f,--follow".
  void flag(const std::string& names, bool& value, const std::string& help);
  void option(const std::string& names, std::string& value, const std::string& help,
              Presence presence = Presence::kOptional, const std::string& environment = {});
  void option(const std::string& names, int64_t& value, const std::string& help,
              Presence presence = Presence::kOptional);
  /// May be repeated.
  void option(const std::string& names, std::vector<std::string>& values, const std::string& help,
              Presence presence = Presence::kOptional);
  void argument(const std::string& name, std::string& value, const std::string& help,
                Presence presence = Presence::kRequired);
  void argument(const std::string& name, int64_t& value, const std::string& help);
  /// A flag left out of --help.
  void hidden_flag(const std::string& names, bool& value);

  /// What the verb does; its result is the exit code.
  void action(std::function<ExitCode()> run);

  /// Everything that a command line may hold, but what is hidden: a documentation can be held against it.
  std::vector<CommandEntry> entries() const;

  /// Parses and runs. A wrong command line prints what is wrong and how to ask for help, and gives kRefused.
  ExitCode run(int argc, char** argv);

 private:
  struct Parsed;
  explicit Command(std::unique_ptr<Parsed> parsed);
  void append_entries(const std::string& verb, std::vector<CommandEntry>& entries) const;
  std::unique_ptr<Parsed> parsed_;
  std::vector<std::unique_ptr<Command>> verbs_;
};

}  // namespace hancock::cli
