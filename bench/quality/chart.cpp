#include "chart.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace liptako::bench {
namespace {

constexpr double kFontPx = 11.0;
constexpr double kRowPx = 14.0;

// Marks in the texts of these pictures are their own; the few that XML reserves are replaced.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

// No minus before a zero, and no zeros behind a fraction.
std::string number(double value) {
  std::string text = fmt::format("{:.3f}", value == 0.0 ? 0.0 : value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string pixels(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

}  // namespace

Chart::Chart(double width, double height, std::string_view caption)
    : width_(width), height_(height), caption_(caption) {}

Point Chart::place(Point p) const {
  const auto share = [](double v, const Range& r) { return (v - r.low) / (r.high - r.low); };
  return {shape_.left + shape_.width * share(p.x, shape_.x),
          shape_.top + shape_.height * (1.0 - share(p.y, shape_.y))};
}

void Chart::panel(const PanelShape& shape) {
  if (panels_ > 0) body_ += "</g>\n";
  shape_ = shape;
  ++panels_;
  const double right = shape.left + shape.width;
  const double bottom = shape.top + shape.height;
  const auto out = std::back_inserter(body_);
  const auto ticks = [](const Range& r, const auto& each) {
    if (!(r.step > 0.0)) return;
    const int first = static_cast<int>(std::ceil(r.low / r.step - 1e-9));
    const int last = static_cast<int>(std::floor(r.high / r.step + 1e-9));
    for (int i = first; i <= last; ++i) each(i * r.step);
  };
  ticks(shape.x, [&](double x) {
    const std::string at = pixels(place({x, shape.y.low}).x);
    fmt::format_to(out,
                   "<path d=\"M{} {}V{}\" stroke=\"#ddd\" stroke-width=\"0.6\"/>\n"
                   "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                   at,
                   pixels(shape.top),
                   pixels(bottom),
                   at,
                   pixels(bottom + kRowPx),
                   number(x));
  });
  ticks(shape.y, [&](double y) {
    const double at = place({shape.x.low, y}).y;
    fmt::format_to(out,
                   "<path d=\"M{} {}H{}\" stroke=\"#ddd\" stroke-width=\"0.6\"/>\n"
                   "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
                   pixels(shape.left),
                   pixels(at),
                   pixels(right),
                   pixels(shape.left - 5.0),
                   pixels(at + 4.0),
                   number(y));
  });
  fmt::format_to(out,
                 "<text x=\"{}\" y=\"{}\" font-weight=\"bold\">{}</text>\n",
                 pixels(shape.left),
                 pixels(shape.top - 8.0),
                 escaped(shape.title));
  fmt::format_to(out,
                 "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                 pixels(shape.left + 0.5 * shape.width),
                 pixels(bottom + 2.1 * kRowPx),
                 escaped(shape.x_label));
  const std::string side = pixels(shape.left - 38.0),
                    middle = pixels(shape.top + 0.5 * shape.height);
  fmt::format_to(out,
                 "<text x=\"{0}\" y=\"{1}\" text-anchor=\"middle\" "
                 "transform=\"rotate(-90 {0} {1})\">{2}</text>\n",
                 side,
                 middle,
                 escaped(shape.y_label));
  const std::string frame = fmt::format("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                                        pixels(shape.left),
                                        pixels(shape.top),
                                        pixels(shape.width),
                                        pixels(shape.height));
  fmt::format_to(out,
                 "<clipPath id=\"p{0}\"><rect {1}/></clipPath>\n"
                 "<rect {1} fill=\"none\" stroke=\"#555\" stroke-width=\"0.8\"/>\n"
                 "<g clip-path=\"url(#p{0})\">\n",
                 panels_,
                 frame);
}

std::string Chart::path(std::span<const Point> points) const {
  std::string out;
  for (const Point& p : points) {
    const Point at = place(p);
    out += out.empty() ? 'M' : ' ';
    out += pixels(at.x) + ' ' + pixels(at.y);
  }
  return out;
}

void Chart::stroke(std::string_view path, const Style& style, bool is_closed) {
  const std::string dash =
      style.dash.empty() ? std::string() : fmt::format(" stroke-dasharray=\"{}\"", style.dash);
  fmt::format_to(std::back_inserter(body_),
                 "<path d=\"{}{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}/>\n",
                 path,
                 is_closed ? "Z" : "",
                 style.colour,
                 number(style.width),
                 dash);
}

void Chart::line(std::span<const Point> points, const Style& style) {
  if (points.size() > 1) stroke(path(points), style, false);
}

void Chart::closed_line(std::span<const Point> points, const Style& style) {
  if (points.size() > 2) stroke(path(points), style, true);
}

void Chart::band(std::span<const Point> low, std::span<const Point> high, std::string_view fill) {
  std::vector<Point> round(low.begin(), low.end());
  round.insert(round.end(), high.rbegin(), high.rend());
  fmt::format_to(std::back_inserter(body_), "<path d=\"{}Z\" fill=\"{}\"/>\n", path(round), fill);
}

void Chart::dot(Point at, double radius, std::string_view fill) {
  const Point p = place(at);
  fmt::format_to(std::back_inserter(body_),
                 "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"/>\n",
                 pixels(p.x),
                 pixels(p.y),
                 number(radius),
                 fill);
}

void Chart::cross(Point at, double reach, const Style& style) {
  const Point p = place(at);
  stroke(fmt::format("M{0} {2}L{1} {3}M{0} {3}L{1} {2}",
                     pixels(p.x - reach),
                     pixels(p.x + reach),
                     pixels(p.y - reach),
                     pixels(p.y + reach)),
         style,
         false);
}

void Chart::text(Point at, std::string_view what, std::string_view anchor) {
  const Point p = place(at);
  fmt::format_to(std::back_inserter(body_),
                 "<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n",
                 pixels(p.x),
                 pixels(p.y),
                 anchor,
                 escaped(what));
}

void Chart::cell(Point low, Point high, double grey) {
  const int shade = 255 - static_cast<int>(std::floor(grey * 255.0 + 0.5));
  const Point a = place({low.x, high.y}), b = place({high.x, low.y});
  fmt::format_to(std::back_inserter(body_),
                 "<path d=\"M{} {}H{}V{}H{}Z\" fill=\"#{:02x}{:02x}{:02x}\" "
                 "shape-rendering=\"crispEdges\"/>\n",
                 pixels(a.x),
                 pixels(a.y),
                 pixels(b.x),
                 pixels(b.y),
                 pixels(a.x),
                 shade,
                 shade,
                 shade);
}

void Chart::legend(Corner corner,
                   std::span<const std::pair<Style, std::string_view>> entries,
                   double down) {
  constexpr double kSamplePx = 22.0;
  const bool left = corner == Corner::left;
  double y = shape_.top + down + kRowPx;
  for (const auto& [style, meaning] : entries) {
    const double from = left ? shape_.left + 8.0 : shape_.left + shape_.width - 8.0 - kSamplePx;
    stroke(fmt::format("M{} {}H{}", pixels(from), pixels(y - 4.0), pixels(from + kSamplePx)),
           style,
           false);
    fmt::format_to(std::back_inserter(body_),
                   "<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n",
                   pixels(left ? from + kSamplePx + 5.0 : from - 5.0),
                   pixels(y),
                   left ? "start" : "end",
                   escaped(meaning));
    y += kRowPx;
  }
}

std::string Chart::svg() const {
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" font-family=\"DejaVu Sans, sans-serif\" font-size=\"{2}\" "
      "fill=\"#000\">\n<title>{3}</title>\n<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
      pixels(width_),
      pixels(height_),
      pixels(kFontPx),
      escaped(caption_));
  out += body_;
  if (panels_ > 0) out += "</g>\n";
  out += fmt::format("<text x=\"8\" y=\"{}\" fill=\"#555\" font-size=\"9\">{}</text>\n</svg>\n",
                     pixels(height_ - 6.0),
                     escaped(caption_));
  return out;
}

}  // namespace liptako::bench
