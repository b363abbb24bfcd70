// Makes a .hat file for the tests of the command line: trace_from_text FILE reads lines from
// standard input, each an event or a fact.
//
//   a SIZE [align=EXPONENT] [zeroed]   allocate; objects are numbered from 0
//   r OBJECT SIZE                      resize
//   f OBJECT                           free
//   s | x                              a thread starts, exits
//   m LABEL                            marker
//   thread NUMBER | time NS            of the events that follow; time +NS goes on from there
//   program TEXT | command TEXT... | no FACT | cut | losses DROPPED IMPLICIT
//
// A line that it does not know, or an event that breaks a rule, ends it with status 1. Facts come
// before the first event.
#include <iostream>
#include <map>
#include <optional>
#include <sstream>

#include "core/trace/trace.hpp"

namespace heapatlas::trace {
namespace {

class Script {
 public:
  explicit Script(std::string path) : path_(std::move(path)) {}

  bool take(const std::string& line) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "thread") return static_cast<bool>(words >> thread_);
    if (word == "time") return take_time(words);
    if (word == "cut") return losses_.cut = true;
    if (word == "losses")
      return static_cast<bool>(words >> losses_.dropped_frees >> losses_.implicit_frees);
    if (word.size() == 1) return take_event(word.front(), words);
    return !writer_ && take_fact(word, words);
  }

  bool finish() {
    if (!start()) return false;
    const auto status = writer_->finish(losses_);
    if (!status) std::cerr << status.error().line() << "\n";
    return status.has_value();
  }

 private:
  bool take_time(std::istringstream& words) {
    std::string text;
    words >> text;
    const std::uint64_t number = std::stoull(text);
    time_ = text.front() == '+' ? time_ + number : number;
    return true;
  }

  bool take_fact(const std::string& word, std::istringstream& words) {
    std::string rest;
    if (word == "program") return static_cast<bool>(words >> info_.program);
    if (word == "command") {
      while (words >> rest) info_.command.push_back(rest);
      return true;
    }
    if (word != "no") return false;
    Fidelity& fidelity = info_.fidelity;
    const std::map<std::string, bool*> facts = {
        {"threads", &fidelity.threads}, {"alignment", &fidelity.alignment},
        {"realloc", &fidelity.realloc}, {"zeroing", &fidelity.zeroing},
        {"times", &fidelity.times},     {"identity", &fidelity.exact_identity}};
    words >> rest;
    if (!facts.contains(rest)) return false;
    *facts.at(rest) = false;
    return true;
  }

  bool take_event(char kind, std::istringstream& words) {
    Event event{.thread = thread_, .time = time_};
    if (!start()) return false;
    switch (kind) {
      case 'a':
        event.object = writer_->next_object();
        words >> event.size;
        break;
      case 'r':
        event.kind = EventKind::resize;
        words >> event.object >> event.size;
        break;
      case 'f':
        event.kind = EventKind::free;
        words >> event.object;
        break;
      case 's':
        event.kind = EventKind::thread_start;
        break;
      case 'x':
        event.kind = EventKind::thread_exit;
        break;
      case 'm':
        event.kind = EventKind::marker;
        words >> event.object;
        break;
      default:
        return false;
    }
    if (!words) return false;
    for (std::string option; words >> option;) {
      if (option == "zeroed")
        event.zeroed = true;
      else if (option.starts_with("align="))
        event.align_log2 = static_cast<std::uint8_t>(std::stoul(option.substr(6)));
      else
        return false;
    }
    const auto status = writer_->add(event);
    if (!status) std::cerr << status.error().line() << "\n";
    return status.has_value();
  }

  bool start() {
    if (writer_) return true;
    // Small blocks, so that a short trace that is cut loses only its end.
    auto writer = Writer::create(path_, info_, 1024);
    if (!writer) {
      std::cerr << writer.error().line() << "\n";
      return false;
    }
    writer_.emplace(std::move(*writer));
    return true;
  }

  std::string path_;
  TraceInfo info_;
  Losses losses_;
  std::optional<Writer> writer_;
  std::uint32_t thread_ = 0;
  std::uint64_t time_ = 0;
};

}  // namespace
}  // namespace heapatlas::trace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  heapatlas::trace::Script script(argv[1]);
  for (std::string line; std::getline(std::cin, line);) {
    if (script.take(line)) continue;
    std::cerr << "trace_from_text: bad line: " << line << "\n";
    return 1;
  }
  return script.finish() ? 0 : 1;
}
