package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// maxChunkNames bounds the names in one activity's input, in bytes: half of a payload.
const maxChunkNames = lro.MaxEncodedSize / 2

// maxTaskNames bounds the names in the activities that one workflow task schedules, in
// bytes: half of a gRPC message to the Temporal server, of 4 MiB.
const maxTaskNames = 2 << 20

// chunk is as much of a set as one activity takes.
type chunk struct {
	set sets.Set
	// indexes are those in the outcome, of each of set's operations.
	indexes []int
	size    int // of the names of operations and steps, in bytes
}

// chunks divides the operations that are still awaited. Operations that one List may
// answer for stay together.
func (w *setWait) chunks() []chunk {
	var refs []lro.Ref
	var indexes []int
	for i, result := range w.outcome.Operations {
		if result.waiting() {
			refs, indexes = append(refs, result.Ref), append(indexes, i)
		}
	}
	_, order := sets.New(refs)
	sizeOf := func(at int) int { return len(refs[at].Name) + len(w.step(indexes[at])) }
	var chunks []chunk
	for len(order) > 0 {
		n, size := chunkSize(order, sizeOf)
		chunks, order = append(chunks, newChunk(refs, indexes, order[:n], size)), order[n:]
	}
	return chunks
}

// chunkSize is how many operations, in the given order, fit a chunk, and the size of their
// names in bytes. sizeOf is that of one.
func chunkSize(order []int, sizeOf func(at int) int) (n, size int) {
	for n < len(order) && n < sets.MaxSize && size < maxChunkNames {
		size += sizeOf(order[n])
		n++
	}
	return n, size
}

// newChunk is the chunk of some of the refs, which stand at these indexes of the outcome.
func newChunk(refs []lro.Ref, indexes, some []int, size int) chunk {
	part := make([]lro.Ref, len(some))
	for i, at := range some {
		part[i] = refs[at]
	}
	set, order := sets.New(part)
	c := chunk{set: set, indexes: make([]int, len(some)), size: size}
	for i, at := range order {
		c.indexes[i] = indexes[some[at]]
	}
	return c
}

// eachChunk runs do for all chunks at once, and returns when the last one has ended.
func (w *setWait) eachChunk(ctx workflow.Context, do func(workflow.Context, chunk)) {
	group := workflow.NewWaitGroup(ctx)
	size := 0
	for _, c := range w.chunks() {
		if size += c.size; size > maxTaskNames { // the next workflow task schedules the rest
			size = c.size
			_ = workflow.Sleep(ctx, time.Millisecond) // on a canceled ctx nothing is scheduled
		}
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			do(ctx, c)
		})
	}
	free, _ := workflow.NewDisconnectedContext(ctx)
	group.Wait(free) // a canceled ctx ends each activity
}

// step names the step that has started an operation, "" for none.
func (w *setWait) step(index int) string {
	if index < len(w.steps) {
		return w.steps[index]
	}
	return ""
}

// stepsOf names the steps of a chunk's operations, by index. It is empty for operations
// that no step has started.
func (w *setWait) stepsOf(c chunk) []string {
	if len(w.steps) == 0 {
		return nil
	}
	names := make([]string, len(c.indexes))
	for i, index := range c.indexes {
		names[i] = w.step(index)
	}
	return names
}

// summary says what is done to the operations that are still awaited, and which steps have
// started them.
func (w *setWait) summary(verb string) string {
	n, names := 0, ""
	for i, result := range w.outcome.Operations {
		if !result.waiting() {
			continue
		}
		n++
		if step := w.step(i); step != "" && len(names) <= maxSummary {
			names += ", " + step
		}
	}
	names = strings.TrimPrefix(names, ", ")
	switch {
	case n == 1 && names != "":
		return summary(verb + " " + names)
	case n == 1:
		return verb + " 1 operation"
	case names != "":
		return summary(fmt.Sprintf("%s %d operations: %s", verb, n, names))
	default:
		return fmt.Sprintf("%s %d operations", verb, n)
	}
}
