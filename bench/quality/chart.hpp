// Line charts as SVG, for pictures that are drawn from runs: panels with axes, curves, bands, marks
// and cells. The same numbers give the same bytes. Told apart by dash, width and grey before
// colour, so that they can be read in black and white.
//
// Coordinates handed over are those of the data; the chart maps them. Lengths of strokes and text
// are CSS pixels.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace liptako::bench {

struct Point {
  double x = 0.0;
  double y = 0.0;
};

struct Range {
  double low = 0.0;
  double high = 1.0;
  double step = 0.0;  // between ticks; 0: none
};

struct PanelShape {
  double left = 0.0, top = 0.0, width = 0.0, height = 0.0;  // of the frame, pixels
  std::string title;
  std::string x_label;
  std::string y_label;
  Range x;
  Range y;
};

struct Style {
  std::string_view colour = "#000";
  double width = 1.2;
  std::string_view dash = {};  // as stroke-dasharray; empty: solid
};

inline constexpr Style kBold = {"#000", 1.8, {}};
inline constexpr Style kThin = {"#000", 0.8, {}};
inline constexpr Style kGrey = {"#8a8a8a", 1.2, {}};
inline constexpr Style kDashed = {"#000", 1.2, "5 3"};
inline constexpr Style kDotted = {"#000", 1.4, "1.5 3"};
inline constexpr Style kBlue = {"#0b5cad", 1.8, {}};

class Chart {
 public:
  // `caption`: what the picture is of and how it is made, at its foot and for who cannot see it.
  Chart(double width, double height, std::string_view caption);

  // What follows is drawn in this panel.
  void panel(const PanelShape& shape);
  void line(std::span<const Point> points, const Style& style);
  void closed_line(std::span<const Point> points, const Style& style);
  // Between two curves with the same x.
  void band(std::span<const Point> low, std::span<const Point> high, std::string_view fill);
  void dot(Point at, double radius, std::string_view fill);
  void cross(Point at, double reach, const Style& style);
  void text(Point at, std::string_view what, std::string_view anchor = "start");
  // A cell of the data's plane, `grey` from 0, white, to 1, black.
  void cell(Point low, Point high, double grey);
  // A sample of a style with its meaning, in rows from `down` pixels below the panel's upper left
  // or right corner.
  enum class Corner { left, right };
  void legend(Corner corner,
              std::span<const std::pair<Style, std::string_view>> entries,
              double down = 0.0);

  [[nodiscard]] std::string svg() const;

 private:
  [[nodiscard]] Point place(Point p) const;
  [[nodiscard]] std::string path(std::span<const Point> points) const;
  void stroke(std::string_view path, const Style& style, bool is_closed);

  double width_;
  double height_;
  std::string caption_;
  PanelShape shape_;
  int panels_ = 0;
  std::string body_;
};

}  // namespace liptako::bench
