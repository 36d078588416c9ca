package simulate

import (
	"math/rand/v2"
	"time"
)

// Operation is a kind of operations: a column of a [Table].
type Operation struct {
	// Name is such as "5 min".
	Name string `json:"name"`
	// Samples is how many were simulated.
	Samples int `json:"samples"`

	draw func(random *rand.Rand, n int) []operation
}

// Cell is the result of a schedule on a kind of operations.
type Cell struct {
	// Polls is the mean number of reads, including the one that sees the end.
	Polls float64 `json:"polls"`
	// LagSeconds is the mean time from an operation's end to the read that sees
	// it.
	LagSeconds float64 `json:"lagSeconds"`
}

// Row is a schedule.
type Row struct {
	Schedule string `json:"schedule"`
	// Awaitop is true for awaitop's own.
	Awaitop bool `json:"awaitop,omitempty"`
	// Cells are in the order of the table's operations.
	Cells []Cell `json:"cells"`
}

// Table compares schedules on the same operations.
type Table struct {
	Title      string      `json:"title"`
	Operations []Operation `json:"operations"`
	Rows       []Row       `json:"rows"`
}

// Row returns the row of the given schedule, the zero Row if there is none.
func (t Table) Row(schedule string) Row {
	for _, row := range t.Rows {
		if row.Schedule == schedule {
			return row
		}
	}
	return Row{}
}

// Report holds the results of a simulation. It encodes as JSON.
type Report struct {
	Seed uint64 `json:"seed"`
	// Plain is for operations whose metadata has no percentage.
	Plain Table `json:"plain"`
	// Progress is for operations that report whole percents, of a progress that is 20% ahead of
	// linear or behind it. The other schedules do not look at percents.
	Progress Table `json:"progress"`
	// FirstDelays is for creations of instances, with the first read at different times: see
	// poller/firstdelay.go.
	FirstDelays Table `json:"firstDelays"`
}

// samples are the numbers of operations of each kind that are simulated. Operations of hours are
// read hundreds of times each, and need fewer. With progress, each read parses metadata, as the
// real schedule does.
const (
	samples         = 3000
	longSamples     = 300
	progressSamples = 1000
)

// Run simulates all schedules. It takes less than a second.
func Run(seed uint64) Report {
	reference := []contender{others()[0], {name: "half of the estimated rest, 5 s to 5 min", make: func(*rand.Rand) schedule { return half{} }}}
	return Report{
		Seed:        seed,
		Plain:       compare(seed, "without progress", usual(samples), append(others(), own(false)...)),
		Progress:    compare(seed, "with progress", usual(progressSamples), append(reference, own(true)...)),
		FirstDelays: compare(seed, "instances", instances(), firstDelays()),
	}
}

// usual are the operations that schedules are compared on.
func usual(samples int) []Operation {
	kind := func(name string, mean time.Duration, n int) Operation {
		return Operation{name, n, func(random *rand.Rand, n int) []operation { return spread(random, mean, n) }}
	}
	return []Operation{
		kind("3 s", 3*time.Second, samples),
		kind("30 s", 30*time.Second, samples),
		kind("5 min", 5*time.Minute, samples),
		kind("20 min", 20*time.Minute, samples),
		kind("6 h", 6*time.Hour, longSamples),
	}
}

// instances are how long CreateInstance may take. The times are not published, so each doubling is
// as likely as the next.
func instances() []Operation {
	kind := func(name string, least, most time.Duration) Operation {
		return Operation{name, samples, func(random *rand.Rand, n int) []operation { return between(random, least, most, n) }}
	}
	return []Operation{
		kind("3 to 10 s", 3*time.Second, 10*time.Second),
		kind("10 to 30 s", 10*time.Second, 30*time.Second),
		kind("30 to 90 s", 30*time.Second, 90*time.Second),
		kind("3 to 90 s", 3*time.Second, 90*time.Second),
	}
}

func compare(seed uint64, title string, kinds []Operation, contenders []contender) Table {
	table := Table{Title: title, Operations: kinds}
	for _, c := range contenders {
		row := Row{Schedule: c.name, Awaitop: c.awaitop}
		for i, kind := range kinds {
			// The operations are the same for all schedules, whatever numbers a schedule draws.
			operations := kind.draw(rand.New(rand.NewPCG(seed, uint64(i))), kind.Samples)
			row.Cells = append(row.Cells, c.await(operations, rand.New(rand.NewPCG(seed, uint64(len(kinds)+i)))))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// await awaits each operation, and returns the means.
func (c contender) await(operations []operation, random *rand.Rand) Cell {
	var polls int
	var lag time.Duration
	for _, op := range operations {
		p, l := op.await(c.make(random))
		polls, lag = polls+p, lag+l
	}
	n := float64(len(operations))
	return Cell{Polls: float64(polls) / n, LagSeconds: lag.Seconds() / n}
}
