// What records say, as typed values: one struct a category in a header of its own, one field an
// item, named for its meaning, with the item's number in the comment. Decoding cannot fail once
// read_record() has checked the structure; absent items are empty. Spans point into the decoded
// data: valid during the call that delivers them, copy what you keep. Repeated items are views that
// read their elements on demand, so decoding allocates nothing.
//
// Angles are as sent: azimuths and headings clockwise from north in [0, 2 pi), latitudes north and
// longitudes east positive. Validity bits are given, never applied: a garbled code is there, with
// garbled = true.
#pragma once

#include "codec/asterix/cat010_report.hpp"
#include "codec/asterix/cat019_report.hpp"
#include "codec/asterix/cat020_report.hpp"
#include "codec/asterix/cat021_ed023_report.hpp"
#include "codec/asterix/cat021_report.hpp"
#include "codec/asterix/cat034_report.hpp"
#include "codec/asterix/cat048_report.hpp"
#include "codec/asterix/cat062_report.hpp"
