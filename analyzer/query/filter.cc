// SPDX-License-Identifier: Apache-2.0
#include "analyzer/query/filter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "analyzer/query/filter_node.h"
#include "analyzer/query/literals.h"
#include "analyzer/query/reach.h"
#include "analyzer/query/tokens.h"

namespace tocsin {
namespace {

using Node = Filter::Node;
using NodePtr = std::unique_ptr<Node>;

class Parser {
  public:
    Parser(std::vector<Token> tokens, RowKind rows) : tokens_(std::move(tokens)), rows_(rows) {}

    Result<NodePtr> run() {
        auto root = any_of();
        if (root && next().kind != Token::Kind::kEnd)
            return wrong_at(next().place,
                            quoted(next()) + " cannot stand here; join tests by && or ||");
        return root;
    }

  private:
    const Token& next() const { return tokens_[at_]; }
    bool is_sign(std::string_view sign) const {
        return next().kind == Token::Kind::kSign && next().text == sign;
    }
    bool skip(std::string_view sign) {
        if (!is_sign(sign)) return false;
        ++at_;
        return true;
    }
    Error wanted(const std::string& what) const {
        const std::string found =
            next().kind == Token::Kind::kEnd ? "the filter ends" : quoted(next()) + " stands";
        return wrong_at(next().place, found + " where " + what + " is expected");
    }

    Result<NodePtr> any_of() { return joined(Node::Kind::kAny, "||", &Parser::all_of); }
    Result<NodePtr> all_of() { return joined(Node::Kind::kAll, "&&", &Parser::one); }

    Result<NodePtr> joined(Node::Kind kind, std::string_view sign,
                           Result<NodePtr> (Parser::*part)()) {
        auto first = (this->*part)();
        if (!first || !is_sign(sign)) return first;
        auto node = std::make_unique<Node>();
        node->kind = kind;
        node->parts.push_back(std::move(*first));
        while (skip(sign)) {
            auto further = (this->*part)();
            if (!further) return further;
            node->parts.push_back(std::move(*further));
        }
        return node;
    }

    Result<NodePtr> one() {
        if (!is_sign("!") && !is_sign("(")) return test();
        const Token opening = next();
        if (++depth_ > Filter::kDeepest)
            return wrong_at(opening.place, "more than " + std::to_string(Filter::kDeepest) +
                                               " parentheses and negations within one another");
        ++at_;
        auto inner = opening.text == "!" ? one() : any_of();
        --depth_;
        if (!inner) return inner;
        if (opening.text == "(") {
            if (skip(")")) return inner;
            return wanted("the ) for the ( in " + text_of(opening.place));
        }
        auto node = std::make_unique<Node>();
        node->kind = Node::Kind::kNot;
        node->parts.push_back(std::move(*inner));
        return node;
    }

    Result<const Field*> field() {
        if (next().kind != Token::Kind::kWord) return wanted("a field");
        const Token& word = tokens_[at_++];
        const Field* field = find_field(word.text);
        if (field == nullptr) {
            const std::string_view like = field_like(word.text);
            return wrong_at(word.place,
                            "there is no field " + quoted(word) +
                                (like.empty() ? "" : "; did you mean " + std::string(like) + "?") +
                                (like.empty() ? "; `tocsin fields` lists them all" : ""));
        }
        if (!field->is_of(rows_)) return wrong_at(word.place, of_others(*field));
        return field;
    }
    std::string of_others(const Field& field) const {
        std::string commands;
        for (const RowKind kind : {RowKind::kRecord, RowKind::kCall, RowKind::kFinding})
            if (field.is_of(kind))
                commands += (commands.empty() ? "" : " or ") + std::string(command_that_has(kind));
        return std::string(plural_of(rows_)) + " have no " + std::string(field.name) +
               "; filter by it in " + commands;
    }

    Result<NodePtr> test() {
        auto found = field();
        if (!found) return found.error();
        auto node = std::make_unique<Node>();
        node->kind = Node::Kind::kTest;
        Test& test = node->test;
        test.field = *found;
        if (is_end_of_test()) return node;
        const Token sign = tokens_[at_];
        const auto comparison = comparison_named(sign);
        if (!comparison) return wanted("a comparison such as ==, <, in, contains, glob or matches");
        if (!is_for(*comparison, test.field->type))
            return wrong_at(sign.place, std::string(test.field->name) + " is a " +
                                            std::string(name_of(test.field->type)) + ": " +
                                            quoted(sign) + " does not compare these");
        ++at_;
        test.comparison = *comparison;
        if (auto read =
                test.comparison == Comparison::kIn && is_sign("{") ? set(test) : literal(test);
            !read)
            return read.error();
        sort_set(test);
        return node;
    }
    bool is_end_of_test() const {
        return next().kind == Token::Kind::kEnd || is_sign("&&") || is_sign("||") || is_sign(")");
    }

    Result<> set(Test& test) {
        const TextPlace place = next().place;
        ++at_;
        while (true) {
            if (auto read = literal(test); !read) return read;
            if (skip("}")) return {};
            if (!skip(",")) return wanted("a , or the } for the { in " + text_of(place));
        }
    }
    Result<> literal(Test& test) {
        const Token& token = next();
        if (token.kind != Token::Kind::kWord && token.kind != Token::Kind::kString)
            return wanted("a " + std::string(name_of(test.field->type)));
        ++at_;
        return add_literal(test, token);
    }

    std::vector<Token> tokens_;
    size_t at_ = 0;
    size_t depth_ = 0;
    RowKind rows_;
};

bool holds(const Node& node, const Row& row) {
    const auto part_holds = [&](const std::unique_ptr<Node>& part) { return holds(*part, row); };
    switch (node.kind) {
        case Node::Kind::kAny:
            return std::any_of(node.parts.begin(), node.parts.end(), part_holds);
        case Node::Kind::kAll:
            return std::all_of(node.parts.begin(), node.parts.end(), part_holds);
        case Node::Kind::kNot:
            return !holds(*node.parts.front(), row);
        case Node::Kind::kTest:
            break;
    }
    return node.test.holds(row);
}

}  // namespace

Filter::Filter(std::string text, std::unique_ptr<const Node> root)
    : text_(std::move(text)), root_(std::move(root)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

Result<Filter> Filter::parse(std::string_view text, RowKind rows) {
    auto tokens = tokens_of(text);
    if (!tokens) return tokens.error();
    auto root = Parser(std::move(*tokens), rows).run();
    if (!root) return root.error();
    return Filter(std::string(text), std::move(*root));
}

Reach Filter::reach() const {
    return Reach::of(*root_);
}

bool Filter::matches(const Row& row) const {
    return holds(*root_, row);
}

}  // namespace tocsin
