package activities

import "time"

// turns is the heap of those who wait for a budget, the most urgent first.
type turns []*turn

// before reports whether a request goes before another.
func before(priority Priority, due time.Time, otherPriority Priority, otherDue time.Time) bool {
	if priority != otherPriority {
		return priority < otherPriority
	}
	return due.Before(otherDue)
}

func (q turns) Len() int { return len(q) }

func (q turns) Less(i, j int) bool { return before(q[i].priority, q[i].due, q[j].priority, q[j].due) }

func (q turns) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push and Pop are container/heap's.
func (q *turns) Push(x any) {
	t := x.(*turn)
	t.place = len(*q)
	*q = append(*q, t)
}

func (q *turns) Pop() any {
	last := len(*q) - 1
	t := (*q)[last]
	(*q)[last], *q = nil, (*q)[:last]
	t.place = -1
	return t
}

// meter measures how many events a second there are, over the last second or
// two.
type meter struct {
	since         time.Time // when the current second began
	before, count int
}

func (m *meter) add(now time.Time) {
	m.turn(now)
	m.count++
}

// turn begins a new second if the current one is over.
func (m *meter) turn(now time.Time) {
	switch passed := now.Sub(m.since); {
	case passed < time.Second:
	case passed < 2*time.Second:
		m.since, m.before, m.count = m.since.Add(time.Second), m.count, 0
	default:
		m.since, m.before, m.count = now, 0, 0
	}
}

// perSecond is the rate of the last second, of which the part that the current
// one does not cover yet is taken from the one before.
func (m *meter) perSecond(now time.Time) float64 {
	m.turn(now)
	return float64(m.count) + float64(m.before)*(1-now.Sub(m.since).Seconds())
}
