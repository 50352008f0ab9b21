// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/man.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {
namespace {

// An option or an operand.
struct Word {
    std::vector<std::string> names;  // with their dashes; an operand's has none
    std::string value;               // "FILE"; empty: it takes none
    std::string meaning;             // one line
    std::vector<std::string> choices;
    bool is_operand = false;
};

struct Command {
    std::string name, meaning, footer;
    std::vector<Word> words;
};

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

// What CLI::IsMember says of itself within the type: "TEXT:{text,json}".
std::vector<std::string> choices_in(const std::string& type) {
    std::vector<std::string> choices;
    const size_t begin = type.find('{'), end = type.rfind('}');
    if (begin == std::string::npos || end == std::string::npos) return choices;
    std::string choice;
    for (const char c : type.substr(begin + 1, end - begin - 1) + ',') {
        if (c != ',') {
            choice += c;
            continue;
        }
        choices.push_back(std::move(choice));
        choice.clear();
    }
    return choices;
}

Word word_of(const CLI::Option& option) {
    Word word;
    word.meaning = one_line(option.get_description());
    word.is_operand = !option.nonpositional();
    word.choices = choices_in(option.get_type_name());
    if (word.is_operand) {
        word.names.push_back(option.get_name());
        if (option.get_option_text() == "...") word.value = "...";
        return word;
    }
    for (const std::string& name : option.get_snames()) word.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) word.names.push_back("--" + name);
    word.value = option.get_option_text();
    return word;
}

Command command_of(const CLI::App& app) {
    Command command{app.get_name(), one_line(app.get_description()), app.get_footer(), {}};
    for (const CLI::Option* option : app.get_options()) command.words.push_back(word_of(*option));
    return command;
}

// The program itself, then its subcommands.
std::vector<Command> commands_of(const CLI::App& app) {
    std::vector<Command> commands = {command_of(app)};
    for (const CLI::App* sub : app.get_subcommands(std::function<bool(const CLI::App*)>()))
        commands.push_back(command_of(*sub));
    return commands;
}

// The manual page, in man(7)'s macros.

// No word or line of it is taken for a request, and dashes stay as they are typed.
std::string roff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool begins_line = out.empty() || out.back() == '\n';
        if (begins_line && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if (c == '\'')
            out += "\\(aq";
        else if (c == '`')
            out += "\\(ga";
        else
            out += c;
    }
    return out;
}

// Lines as they are.
std::string verbatim(std::string_view text) {
    return fmt::format(".PP\n.nf\n{}\n.fi\n", roff(text));
}

std::string synopsis_of(const Command& command) {
    std::string text = fmt::format("\\fBtocsin {}\\fR [\\fIOPTIONS\\fR]", roff(command.name));
    for (const Word& word : command.words)
        if (word.is_operand) text += fmt::format(" \\fI{}\\fR{}", roff(word.names[0]), word.value);
    return text + '\n';
}

std::string man_words(const Command& command) {
    std::string text;
    for (const Word& word : command.words) {
        std::string names;
        for (const std::string& name : word.names)
            names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
        if (word.is_operand) names = fmt::format("\\fI{}\\fR", roff(word.names[0]));
        if (!word.is_operand && !word.value.empty())
            names += fmt::format(" \\fI{}\\fR", roff(word.value));
        text += fmt::format(".TP\n{}\n{}\n", names, roff(word.meaning));
    }
    return text;
}

std::string man_page(const std::vector<Command>& commands) {
    const Command& program = commands.front();
    std::string text = fmt::format(
        ".TH TOCSIN 1 \"\" \"tocsin {}\" \"User Commands\"\n.SH NAME\ntocsin \\- find races "
        "between "
        "check and use in recorded traces\n.SH SYNOPSIS\n",
        TOCSIN_VERSION);
    for (size_t i = 1; i < commands.size(); ++i)
        text += (i == 1 ? "" : ".br\n") + synopsis_of(commands[i]);
    text += fmt::format(".SH DESCRIPTION\n{}\n{}.SH OPTIONS\n{}.SH COMMANDS\n",
                        roff(program.meaning), verbatim(program.footer), man_words(program));
    for (size_t i = 1; i < commands.size(); ++i)
        text += fmt::format(".SS {}\n{}.\n{}{}", roff(commands[i].name), roff(commands[i].meaning),
                            man_words(commands[i]), verbatim(commands[i].footer));
    return text;
}

// Completions. Names, choices and meanings are the program's own; no name needs quoting.

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> names_of(const std::vector<Command>& commands) {
    std::vector<std::string> names;
    for (size_t i = 1; i < commands.size(); ++i) names.push_back(commands[i].name);
    return names;
}

// Where nothing is offered, files are.
std::string bash_completion(const std::vector<Command>& commands) {
    std::string words, values;
    for (size_t i = 0; i < commands.size(); ++i) {
        std::vector<std::string> names = i == 0 ? names_of(commands) : std::vector<std::string>();
        for (const Word& word : commands[i].words) {
            for (const std::string& name : word.names) {
                if (word.is_operand) {
                    if (!word.choices.empty()) names.push_back(joined(word.choices));
                    continue;
                }
                names.push_back(name);
                if (word.value.empty()) continue;
                values += fmt::format("        '{} {}') words=\"{}\" ;;\n", commands[i].name, name,
                                      joined(word.choices));
            }
        }
        words += fmt::format("        '{}') words=\"{}\" ;;\n", commands[i].name, joined(names));
    }
    return fmt::format(
        "# bash completion of tocsin {0}, by `tocsin completion bash`\n"
        "_tocsin() {{\n"
        "    local cur=\"${{COMP_WORDS[COMP_CWORD]}}\" prev=\"${{COMP_WORDS[COMP_CWORD - 1]}}\"\n"
        "    local command=tocsin word words=\n"
        "    for word in \"${{COMP_WORDS[@]:1:COMP_CWORD - 1}}\"; do\n"
        "        case \"$word\" in {1}) command=\"$word\"; break ;; esac\n"
        "    done\n"
        "    if [ \"$prev\" = = ]; then prev=\"${{COMP_WORDS[COMP_CWORD - 2]}}\"; fi\n"
        "    if [ \"$cur\" = = ]; then cur=; fi\n"
        "    case \"$command $prev\" in\n{2}        *) case \"$command\" in\n{3}        esac ;;\n"
        "    esac\n"
        "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
        "}}\n"
        "complete -o default -F _tocsin tocsin\n",
        TOCSIN_VERSION, fmt::join(names_of(commands), "|"), values, words);
}

// Within '' of zsh and fish.
std::string in_quotes(std::string_view text, std::string_view quote) {
    std::string out;
    for (const char c : text)
        if (c == '\'')
            out += quote;
        else
            out += c;
    return out;
}

std::string zsh_spec(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return in_quotes(out, "'\\''");
}

std::string zsh_completion(const std::vector<Command>& commands) {
    std::string listed, cases;
    for (size_t i = 0; i < commands.size(); ++i) {
        if (i != 0)
            listed +=
                fmt::format("        '{}:{}'\n", commands[i].name, zsh_spec(commands[i].meaning));
        std::string specs;
        for (const Word& word : commands[i].words) {
            const std::string action =
                word.choices.empty() ? "_files" : "(" + joined(word.choices) + ")";
            if (word.is_operand) continue;
            for (const std::string& name : word.names)
                specs += fmt::format(
                    " \\\n            '*{}[{}]{}'", name, zsh_spec(word.meaning),
                    word.value.empty() ? "" : fmt::format(":{}:{}", zsh_spec(word.value), action));
        }
        const auto operand = std::find_if(commands[i].words.begin(), commands[i].words.end(),
                                          [](const Word& word) { return word.is_operand; });
        const bool has_choices = operand != commands[i].words.end() && !operand->choices.empty();
        specs += fmt::format(" \\\n            '*:operand:{}'",
                             has_choices ? "(" + joined(operand->choices) + ")" : "_files");
        if (i != 0) cases += fmt::format("        {}) _arguments{} ;;\n", commands[i].name, specs);
    }
    return fmt::format(
        "#compdef tocsin\n"
        "# zsh completion of tocsin {}, by `tocsin completion zsh`\n"
        "_tocsin() {{\n"
        "    local -a commands=(\n{}    )\n"
        "    if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
        "    shift words; (( CURRENT-- ))\n"
        "    case $words[1] in\n{}    esac\n"
        "}}\n"
        "compdef _tocsin tocsin\n",
        TOCSIN_VERSION, listed, cases);
}

std::string fish_completion(const std::vector<Command>& commands) {
    std::string text = fmt::format("# fish completion of tocsin {}, by `tocsin completion fish`\n",
                                   TOCSIN_VERSION);
    for (size_t i = 0; i < commands.size(); ++i) {
        const std::string when =
            i == 0 ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + commands[i].name;
        if (i != 0)
            text += fmt::format("complete -c tocsin -n __fish_use_subcommand -f -a {} -d '{}'\n",
                                commands[i].name, in_quotes(commands[i].meaning, "\\'"));
        for (const Word& word : commands[i].words) {
            if (word.is_operand) {
                if (!word.choices.empty())
                    text += fmt::format("complete -c tocsin -n '{}' -f -a '{}'\n", when,
                                        joined(word.choices));
                continue;
            }
            std::string names;
            for (const std::string& name : word.names)
                names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            const std::string value = word.value.empty() ? ""
                                      : word.choices.empty()
                                          ? " -r"
                                          : " -x -a '" + joined(word.choices) + "'";
            text += fmt::format("complete -c tocsin -n '{}'{}{} -d '{}'\n", when, names, value,
                                in_quotes(word.meaning, "\\'"));
        }
    }
    return text;
}

}  // namespace

void add_man_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("man", "Print the manual page of all subcommands");
    command->footer(
        "Examples:\n"
        "  tocsin man | man -l -\n"
        "  tocsin man > ~/.local/share/man/man1/tocsin.1");
    command->callback(
        [&app, set_run] { set_run([&app] { return print(man_page(commands_of(app))); }); });
}

void add_completion_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("completion", "Print completions for a shell");
    const auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->option_text(" ");
    command->footer(
        "Examples:\n"
        "  source <(tocsin completion bash)\n"
        "  tocsin completion zsh > ~/.zfunc/_tocsin\n"
        "  tocsin completion fish > ~/.config/fish/completions/tocsin.fish");
    command->callback([&app, shell, set_run] {
        set_run([&app, shell] {
            const auto commands = commands_of(app);
            return print(*shell == "bash"  ? bash_completion(commands)
                         : *shell == "zsh" ? zsh_completion(commands)
                                           : fish_completion(commands));
        });
    });
}

}  // namespace tocsin
