// The filter for targets too close to each other to be tracked one by one: a Poisson
// multi-Bernoulli mixture [Williams15; GarciaFernandez18], kept in independent clusters.
//
// Undetected targets are a Poisson process: its intensity is a mixture of densities plus a
// constant. Detected ones are clusters, independent of each other; a cluster is a mixture of global
// hypotheses, each a set of Bernoulli components (a probability of existence and a density).
//
//   prediction   r <- pS r; densities and intensity move; births add to the intensity
//   a look       of hypothesis h with weight w and components i, over all assignments of plots z:
//     missed       w (1 - r pD)            r <- r (1 - pD) / (1 - r pD)
//     detected     w r pD g(z | i)         r <- 1, density updated with z
//     z is new     w rho(z)                r  = u(z) / rho(z), density from the intensity
//                  rho(z) = kappa(z) + u(z),  u(z) = integral of pD g(z | x) intensity(x)
//     the best max_hypotheses of all children are found by ranked assignment over all hypotheses at
//     once (ranked_assignment.hpp)
//
// What keeps it fast and its hypotheses worth keeping, beyond the sources:
//   - Clusters join where a plot lies in the gates of both, and part as soon as their hypotheses
//     are independent to within `dependence` in total variation, so that hypotheses are not
//     multiplied.
//   - Hypotheses are sets: nothing in the density of a set of targets depends on which track a
//     component came from. Components of two hypotheses that nearly agree are blended into one, and
//     hypotheses that then consist of the same components become one with the sum of their weights:
//     two targets that met and parted leave one hypothesis, not the two ways to name them. Labels
//     follow the heavier, or, if names are kept, what is known of who is who (names.hpp).
//   - Components of small existence return to the intensity [Williams12].
//   - A group too large for hypotheses is updated by marginals instead: each track becomes the mean
//     of what it may have become, weighted by belief propagation (belief_propagation.hpp).
//
// Legend
//   r existence; pS survival; pD detection; kappa density of false plots; w weight of a hypothesis
//
// Deterministic: results depend on the looks only; ties fall by index.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "track/cluster/aircraft.hpp"
#include "track/cluster/belief_propagation.hpp"
#include "track/cluster/density.hpp"
#include "track/cluster/look.hpp"
#include "track/cluster/manoeuvring.hpp"
#include "track/cluster/names.hpp"
#include "track/cluster/ranked_assignment.hpp"
#include "track/cluster/set_estimate.hpp"

namespace liptako::track {

struct PmbmOptions {
  double mean_lifetime_s = 3600.0;
  double gate = 20.0;               // squared Mahalanobis distance of a plot, 2 degrees of freedom
  int max_hypotheses = 200;         // of one cluster
  double least_share = 1e-4;        // of the best hypothesis' weight, below which one is dropped
  double recycle_existence = 1e-3;  // below it a component returns to the intensity
  double least_intensity = 1e-5;    // expected targets of a component of the intensity
  int max_faint = 4000;             // components of the intensity that came from recycling
  // Association by marginals alone, everywhere: the track-oriented multi-Bernoulli filter
  // [Williams15]. A cluster too large for hypotheses is treated so in any case.
  bool marginals_only = false;
  int max_members = 40;         // of one hypothesis; beyond it the cluster is too large
  double blend_distance = 0.1;  // squared Mahalanobis distance between densities made one
  // Keeps what is known of who is who (names.hpp). Without, labels follow the heavier hypothesis.
  bool keeps_names = false;
  double rename_distance = 0.02;  // as blend_distance, of aircraft that had different names
  double dependence = 0.01;       // total variation under which parts of a cluster are independent
  // Undetected targets everywhere alike, beside the components given to add_undetected().
  double undetected_per_m2 = 0.0;
  double births_per_m2_s = 0.0;
  double birth_velocity_sd = 1.0;  // of each axis
  SetEstimateOptions report;
};

struct PmbmCounts {
  std::uint64_t looks = 0;
  std::uint64_t hypotheses = 0;       // kept, over all looks and clusters
  std::uint64_t largest_cluster = 0;  // components of one hypothesis
  std::uint64_t by_marginals = 0;     // clusters updated by marginals
};

// How the plots of one look fitted the components that took them, over all hypotheses by weight: if
// the models hold, the mean of squares / plots is the dimension, 2 of a plot. Components count that
// somebody was thought to be at (existence of one half or more) and that no other such component
// was near: where two could have a plot, it goes for the most part to the one that it fits.
struct LookFit {
  double plots = 0.0;
  double squares = 0.0;  // normalised innovations squared [BarShalom01, §5.4]
};

template <class Motion>
class PmbmFilter {
 public:
  using Density = typename Motion::Density;
  using Look = typename Motion::Look;

  // Tables that grow to the largest cluster; filters that are used one after the other share one.
  // What holds until the next call then holds until that of any of them, and a visitor calls none.
  struct WorkArea;

  PmbmFilter(const PmbmOptions& options, const Motion& motion);
  // `work` outlives the filter.
  PmbmFilter(const PmbmOptions& options, const Motion& motion, WorkArea& work);

  // Through a time; requires dt >= 0.
  void predict(double dt);
  // More undetected targets: births, or what is there at the start.
  void add_undetected(const Gaussian& density, double expected);
  void update(const Look& look);
  // What to report now. Valid until the next call.
  [[nodiscard]] std::span<const ReportedPoint> estimate() { return estimate(options_.report); }
  [[nodiscard]] std::span<const ReportedPoint> estimate(const SetEstimateOptions& report);
  [[nodiscard]] const PmbmCounts& counts() const { return counts_; }
  // Of the last look.
  [[nodiscard]] const LookFit& look_fit() const { return look_fit_; }

  // For a tracker that gives this filter the few tracks that are in doubt and takes them back.

  // A track, independent of all others, that has been shown for so long; the label by which it is
  // known here.
  std::uint32_t add(const Density& x, double existence, double shown_s = 0.0);
  // As it was before the first track and the first look; options stay.
  void clear();
  [[nodiscard]] bool is_empty() const { return clusters_.empty(); }
  // What is believed of one label: the component of the heaviest hypothesis that has it, and the
  // probability of existence over all. If names are kept, labels stand at places: the label that
  // stood longest, over all hypotheses, at whoever may be there.
  struct Belief {
    std::uint32_t label = 0;
    double existence = 0.0;
    const Density* x = nullptr;
    bool alone = false;  // independent of every other label
    // If names are kept: the expected share of its time that who is there went by other labels.
    double misnamed = 0.0;
  };
  // Calls visit(belief) for every label, in ascending order of clusters and labels. `visit` must
  // not change the filter.
  template <class Visit>
  void for_each_label(Visit&& visit) {
    for (const Cluster& cluster : clusters_) {
      gather_beliefs(cluster);
      for (const Belief& belief : work_->beliefs_of_labels) visit(belief);
    }
  }
  // Takes a label out of all hypotheses.
  void remove(std::uint32_t label);
  // The same for one that is independent of all others, with the mean of what it may be. False:
  // there is no such label.
  [[nodiscard]] bool take(std::uint32_t label, Density& x, double& existence);
  // One sensor looked at this label alone and saw nothing.
  void miss(std::uint32_t label, double detection_probability);
  // All of the other filter's clusters, under new labels: calls renamed(old label, new label). Both
  // are of the same time and frame; the other is left empty.
  template <class Renamed>
  void adopt(PmbmFilter& other, Renamed&& renamed) {
    settle_names();
    other.settle_names();
    const std::uint32_t offset = next_label_ - 1;
    for (Cluster& cluster : other.clusters_) {
      for (Member& m : cluster.members) m.label += offset;
      for (std::uint32_t& label : cluster.names.labels) label += offset;
      gather_beliefs(cluster);
      for (const Belief& belief : work_->beliefs_of_labels)
        renamed(belief.label - offset, belief.label);
      clusters_.push_back(std::move(cluster));
    }
    next_label_ += other.next_label_ - 1;
    other.clusters_.clear();
    other.clear();
  }
  // Calls change(density) for everything that is in the frame of the states.
  template <class Change>
  void for_each_density(Change&& change) {
    for (Cluster& cluster : clusters_) {
      for (Component& component : cluster.pool) change(component.x);
    }
    for (std::vector<Undetected>* list : {&broad_, &faint_}) {
      for (Undetected& u : *list) change(u.x);
    }
  }

  void save(base::ByteWriter& out) const;
  // False: this is not what save() wrote of a filter that could run on; the filter is then empty.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  struct Component {
    double existence = 0.0;
    Density x;

    template <class Archive>
    friend void visit_fields(Archive& archive, Component& c) {
      archive(c.existence, c.x);
    }
  };
  struct Member {
    std::uint32_t component = 0;
    std::uint32_t label = 0;
    std::uint32_t row = kNoRow;  // of the cluster's names

    template <class Archive>
    friend void visit_fields(Archive& archive, Member& m) {
      archive(m.component, m.label, m.row);
    }
  };
  struct Hypothesis {
    double weight = 0.0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;

    template <class Archive>
    friend void visit_fields(Archive& archive, Hypothesis& h) {
      archive(h.weight, h.first, h.count);
    }
  };
  // What a cluster's memory serves for. Spare ones are kept apart by it: what once was large enough
  // is so the next time, and nothing is allocated.
  enum class Room : std::uint8_t {
    one,   // an aircraft by itself
    many,  // several, between two looks
    steps  // the steps of an update
  };
  struct Cluster {
    Room room = Room::many;
    std::vector<Component> pool;
    std::vector<Hypothesis> hypotheses;
    std::vector<Member> members;
    NameTable names;

    template <class Archive>
    friend void visit_fields(Archive& archive, Cluster& c) {
      archive(c.pool, c.hypotheses, c.members, c.names);
    }

    void clear() { pool.clear(), hypotheses.clear(), members.clear(), names.clear(); }
    [[nodiscard]] std::span<const Member> of(const Hypothesis& h) const {
      return std::span(members).subspan(h.first, h.count);
    }
    [[nodiscard]] std::span<Member> of(const Hypothesis& h) {
      return std::span(members).subspan(h.first, h.count);
    }
  };
  struct Undetected {
    double expected = 0.0;
    Density x;

    template <class Archive>
    friend void visit_fields(Archive& archive, Undetected& u) {
      archive(u.expected, u.x);
    }
  };
  // A plot in the gate of a component.
  struct Edge {
    std::uint32_t component = 0;
    std::uint32_t plot = 0;
    Fit fit;
    LinearMeasurement m;
  };
  // What a plot would be if no track has it.
  struct Newcomer {
    double unseen = 0.0;  // u(z)
    double rho = 0.0;
    double existence = 0.0;
    Density x;
  };

  [[nodiscard]] Cluster take_cluster(Room room);
  void give_back(Cluster& cluster);
  void sort_plots();
  // Calls use(plot, fit, measurement) for each plot in the gate of x, whose combined()
  // is `predicted`.
  template <class Use>
  void gate(const Density& x, const Gaussian& predicted, Use use) const;
  // Updates with all of a plot, `m` its first part. False if a covariance was lost.
  [[nodiscard]] bool absorb(Density& x, std::uint32_t plot, const LinearMeasurement& m) const;
  void find_newcomers();
  void add_newcomer(std::uint32_t plot,
                    const Undetected& u,
                    double unseen,
                    const LinearMeasurement& m);
  void thin_undetected();
  void find_edges();
  void recycle(const Density& x, double expected);
  // Hypotheses of both, multiplied; `other` is spent.
  void join(Cluster& into, Cluster& other);
  // Which components' fit counts (LookFit), into work_->counts_fit.
  void find_lone(const Cluster& cluster);
  // With work_->group_edges and work_->group_detection.
  void update_cluster(Cluster& cluster);
  [[nodiscard]] bool is_too_large(const Cluster& cluster);
  // One component for each label, one hypothesis; edges anew.
  void collapse(Cluster& cluster);
  // Leaves every component in a cluster of its own, in work_->next.
  void update_by_marginals(const Cluster& cluster);
  void keep_alone(const Component& component, const Member& named, const NameTable* names);
  // Steps after an update, on hypotheses whose weights sum to one.
  void drop_faint(Cluster& cluster);
  void blend(Cluster& cluster);
  void unite_equal(Cluster& cluster);
  void prune(Cluster& cluster);
  void part(Cluster& cluster);
  // One of the parts: the labels for which work_->part_of says `which`.
  void keep(const Cluster& cluster, std::uint32_t which);
  // Fills work_->beliefs_of_labels, by label.
  void gather_beliefs(const Cluster& cluster);
  // Names (only if they are kept).
  // The time since this was last done goes to the labels that stood meanwhile.
  void settle_names();
  // Into work_->labels, ascending.
  void find_labels(const Cluster& cluster);
  void credit_names(Cluster& cluster);
  // The mean of both names' rows becomes that of the first; rows before `own_from` may be others'.
  struct NamesMixed {
    Member& into;
    const Member& other;
    double share = 0.0;  // of the other
  };
  void mix_names(Cluster& cluster, const NamesMixed& mixed, std::uint32_t own_from);
  // Gives every place the label that stood longest at the aircraft that may be there.
  void rename(Cluster& cluster);

 public:
  // Between two calls, nothing that counts.
  struct WorkArea {
    // Of one look.
    std::vector<Belief> beliefs_of_labels;
    std::vector<Cluster> next;
    std::array<std::vector<Cluster>, 3> spare;  // by room
    std::vector<PlotPlace> places;
    std::vector<std::uint32_t> by_east;  // plots from west to east
    double widest_plot = 0.0;            // largest standard deviation of a plot's position
    std::vector<Newcomer> newcomers;
    std::vector<double> unclaimed;             // by plot: probability that no track has it
    std::vector<std::uint32_t> label_of_plot;  // of newcomers, 0 until one is needed
    std::vector<Edge> edges;
    std::vector<std::size_t> edges_from;      // by cluster
    std::vector<double> detection;            // by component over all clusters
    std::vector<std::size_t> detection_from;  // by cluster
    std::vector<std::uint32_t> root;          // by cluster: the one it joins
    std::vector<std::uint32_t> next_in_group;
    std::vector<std::uint32_t> last_in_group;  // by root
    std::vector<std::int32_t> first_cluster;   // by plot: who has it in its gate
    std::vector<Edge> group_edges;
    std::vector<double> group_detection;
    // Of one cluster.
    RankedAssignments ranked;
    BeliefPropagation beliefs;
    std::vector<double> odds;
    std::vector<double> log_miss;
    std::vector<double> log_rho;
    std::vector<std::uint8_t> has_edge;  // by component
    std::vector<double> gains;           // by component and column
    std::vector<double> problem_gains;
    std::vector<std::uint32_t> plots;          // of the cluster
    std::vector<std::int32_t> column_of_plot;  // by plot, -1 elsewhere
    std::vector<std::int32_t> edge_of;         // by component and column
    std::vector<std::int32_t> made;            // by component and column: new component, -1 none
    std::vector<std::int32_t> born;            // by column: new component
    std::vector<std::uint64_t> taken;          // by child: columns some track has
    std::vector<LookFit> fit_of;               // by child
    std::vector<std::uint8_t> counts_fit;      // by component
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> becomes;
    std::vector<double> total;
    std::vector<std::uint64_t> presence;  // by component: which hypotheses hold it
    std::vector<Gaussian> combined;
    std::vector<Hypothesis> scratch_hypotheses;
    std::vector<std::uint32_t> labels;
    std::vector<std::uint32_t> states;
    std::vector<std::uint32_t> state_count;
    std::vector<double> marginal;
    std::vector<std::size_t> marginal_from;
    std::vector<double> joint;
    std::vector<std::uint32_t> part_of;
    // Of names.
    NameTable names;
    std::vector<std::uint32_t> row_of;
    std::vector<double> distances;        // by component and place
    std::vector<double> standing;         // by place and label
    std::vector<std::uint32_t> label_at;  // by place
    std::vector<std::int16_t> place_of;   // by member
    // Of the estimate.
    SetEstimator estimator;
    std::vector<BelievedMember> believed;
    std::vector<BelievedSet> believed_sets;
    std::vector<ReportedPoint> reported;
  };

 private:
  PmbmOptions options_;
  Motion motion_;
  std::vector<Cluster> clusters_;
  std::vector<Undetected> broad_;  // births and their survivors
  std::vector<Undetected> faint_;  // what was recycled
  double undetected_per_m2_ = 0.0;
  std::uint32_t next_label_ = 1;
  PmbmCounts counts_;
  LookFit look_fit_;
  double since_look_s_ = 0.0;  // since names were settled

  const Look* look_ = nullptr;
  std::unique_ptr<WorkArea> own_;
  WorkArea* work_ = nullptr;
};

extern template class PmbmFilter<AircraftMotion>;
extern template class PmbmFilter<ConstantVelocity>;
extern template class PmbmFilter<Manoeuvring>;

}  // namespace liptako::track
