package poller

import "container/heap"

// element is an element of a [queue]. It knows its order, and keeps its position.
type element[E any] interface {
	before(E) bool
	// at is the position in the queue, -1 outside of it.
	at() *int
}

// queue is a heap with the first element at its top. Use its own methods, not those of
// container/heap.
type queue[E element[E]] []E

func (q *queue[E]) add(e E) { heap.Push(q, e) }

// remove takes e out, if it is in the queue.
func (q *queue[E]) remove(e E) {
	if at := *e.at(); at >= 0 {
		heap.Remove(q, at)
	}
}

// moved puts e, which is in the queue, into its new position.
func (q *queue[E]) moved(e E) { heap.Fix(q, *e.at()) }

// Len and the rest are heap.Interface.
func (q queue[E]) Len() int { return len(q) }

// Less is heap.Interface's.
func (q queue[E]) Less(i, j int) bool { return q[i].before(q[j]) }

// Swap is heap.Interface's.
func (q queue[E]) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	*q[i].at(), *q[j].at() = i, j
}

// Push is heap.Interface's.
func (q *queue[E]) Push(x any) {
	e := x.(E)
	*e.at() = len(*q)
	*q = append(*q, e)
}

// Pop is heap.Interface's.
func (q *queue[E]) Pop() any {
	var none E
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last], *q = none, (*q)[:last]
	*e.at() = -1
	return e
}
