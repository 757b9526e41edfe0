#include "serve/contact.hpp"

#include <gtest/gtest.h>

namespace liptako::serve {
namespace {

TEST(Contact, IsReadBackAndAlwaysAsLong) {
  const Contact cases[] = {
      {"Adj. A. Traoré", "+223 00 00 00 00"},
      {"", "(0223) 00.00/00-00"},
      {"Ousmane", ""},
      {},
      {std::string(Contact::kLongestName, 'a'), std::string(Contact::kLongestTelephone, '0')}};
  for (const Contact& contact : cases) {
    ASSERT_TRUE(is_contact(contact)) << contact.display_name;
    const base::Bytes bytes = contact_bytes(contact);
    EXPECT_EQ(bytes.size(), Contact::kBytes);
    EXPECT_EQ(parse_contact(bytes), contact);
  }
}

TEST(Contact, WhatIsNoNameOrTelephoneIsRefused) {
  for (const char* name : {"a\nb",
                           "a\tb",
                           "\xFFz",
                           "caf\xC3",
                           "   ",
                           "a\x7F",
                           "a\xC2\x85"
                           "b",
                           "a\xE2\x80\xAE"
                           "b",
                           "a\xE2\x81\xA6"
                           "b"}) {
    EXPECT_FALSE(is_contact({name, ""})) << name;
  }
  EXPECT_FALSE(is_contact({std::string(Contact::kLongestName + 1, 'a'), ""}));
  EXPECT_FALSE(is_contact({std::string("a\0b", 3), ""}));
  for (const char* telephone : {"abc", "+", "12a", "1\n2", "00000000000000000000000000000000 0"})
    EXPECT_FALSE(is_contact({"", telephone})) << telephone;
}

TEST(Contact, OnlyItsOneFormIsRead) {
  const base::Bytes good = contact_bytes({"A", "1"});
  for (std::size_t at = 0; at < good.size(); ++at) {
    base::Bytes bad = good;
    bad[at] = 0;
    EXPECT_EQ(parse_contact(bad), std::nullopt) << at;
    EXPECT_EQ(parse_contact(base::ByteView(good).first(at)), std::nullopt);
  }
}

TEST(Contact, ItsDocumentsSayWhatIsThereAndNoMore) {
  const SealedContact sealed{"p-1", "AQID"};
  EXPECT_TRUE(is_sealed_contact(sealed));
  EXPECT_FALSE(is_sealed_contact({"../p", "AQID"}));
  EXPECT_FALSE(is_sealed_contact({"p-1", "A\nB"}));
  EXPECT_FALSE(is_sealed_contact({"p-1", std::string(SealedContact::kLongestBox + 1, 'A')}));
  EXPECT_EQ(contact_document(sealed), "liptako/contact-box/v1\nsubject p-1\nbox AQID\n");
  EXPECT_EQ(sealed_contact_json(sealed), R"({"subject":"p-1","contact":"AQID"})");
  EXPECT_EQ(erasure_subject(R"({"subject":"p-1"})"), "p-1");
  for (const char* body :
       {R"({"subject":"p-1","reason":"Awa"})", R"({"subject":"../p"})", "{}", ""})
    EXPECT_EQ(erasure_subject(body), std::nullopt) << body;
  ContactBook book;
  book.by_account["oq-1"] = {"p-1", ContactState::kept, {"Awa", "1"}};
  book.others.push_back({"p-0", ContactState::erased, {}});
  EXPECT_EQ(
      contacts_json(book),
      R"({"contacts":[{"account":"oq-1","subject":"p-1","state":"kept","display_name":"Awa",)"
      R"("telephone":"1"},{"account":null,"subject":"p-0","state":"erased","display_name":null,)"
      R"("telephone":null}]})");
  EXPECT_EQ(contact_json({}),
            R"({"subject":null,"state":"none","display_name":null,"telephone":null})");
}

}  // namespace
}  // namespace liptako::serve
