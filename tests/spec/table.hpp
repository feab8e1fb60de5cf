// The account that the lines of one block describe (handlers_accounts.cpp), for the verbs of other areas that ask about it.
#pragma once

#include "handlers.hpp"

#include "plimsoll/cli/question.hpp"

#include <memory>

namespace plimsoll::spec {

struct Table {
    std::shared_ptr<cli::Oracle> oracle;
    text::Value markets = text::Value::of_object();
    text::Value assets = text::Value::of_object();
    text::Value balances = text::Value::of_object();
    text::Value positions = text::Value::of_array();
    text::Value group = text::Value::of_object();
    std::string owner;
};

Result<Table*, std::string> table_of(Context& context);

/// The question as one document: what was described, and what is asked of it.
text::Value question_of(const Table& table, const std::string& ask, const text::Value& target);

}  // namespace plimsoll::spec
