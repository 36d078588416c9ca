package e2e

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// The sweep: how many points of each kind for each subject, and which.
var (
	sweepPoints = flag.Int("sweep", 24, "`number` of points at which the sweep cancels, and at which it kills, each workflow")
	sweepSeed   = flag.Uint64("seed", 0, "`seed` of the sweep; 0 takes one from the clock")
)

// sweptSubjects are the workflows that the sweep disturbs.
func sweptSubjects() map[string]subject {
	return map[string]subject{"provisioning": provisioned, "dataplane": planed}
}

// sweep is a site with many runs of its subject at points that the seed chooses.
type sweep struct {
	*site
	random *rand.Rand
	seed   uint64
	ends   map[string]int  // how many runs have ended how
	left   map[string]bool // what the ends say is there, as SERVICE/NAME
}

func newSweep(t *testing.T, of subject, options benchOptions) *sweep {
	t.Helper()
	seed := *sweepSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to see it again: go test ./examples/e2e -run %s -seed %d -sweep %d", t.Name(), seed, *sweepPoints)
		}
	})
	s := &sweep{
		site: newSite(t, of, options), random: rand.New(rand.NewPCG(seed, 1)), seed: seed,
		ends: map[string]int{}, left: map[string]bool{},
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute+time.Duration(*sweepPoints)*2*time.Second)
	t.Cleanup(cancel)
	s.ctx = ctx
	s.script()
	return s
}

// script plans the operations that start and undo the subject's parts. Spanner's deletes are none.
func (s *sweep) script() {
	for _, name := range s.serviceNames() {
		starts, undos := s.methods(name)
		if name != lro.SpannerService {
			starts = append(starts, undos...)
		}
		for _, method := range starts {
			s.scripted[name].Plan(method, s.scripts()...)
		}
	}
}

// scripts are how operations behave. Most succeed and honor a cancel. Some fail. Others complete in spite of a cancel, fail
// by it or vanish, take their time with it, ignore or refuse it. Some are read late, some take seconds.
func (s *sweep) scripts() []testsuite.Script {
	scripts := make([]testsuite.Script, 1000)
	for i := range scripts {
		script := testsuite.Script{RunsFor: time.Duration(s.random.IntN(900)) * time.Millisecond}
		switch s.random.IntN(24) {
		case 0, 1:
			script.End = testsuite.Fail(lro.CodeInternal, "by the sweep")
		case 2, 3:
			script.OnCancel = testsuite.CompleteOnCancel(100 * time.Millisecond)
		case 4, 5:
			script.OnCancel = testsuite.HonorCancel(time.Second)
		case 6, 7:
			script.OnCancel = testsuite.IgnoreCancel()
		case 8:
			script.OnCancel = testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")
		case 9:
			script.OnCancel = testsuite.RefuseCancel(lro.CodeFailedPrecondition, "not now")
		case 10:
			script.OnCancel = testsuite.FailOnCancel(100*time.Millisecond, lro.CodeAborted, "by the cancel")
		case 11:
			script.OnCancel = testsuite.VanishOnCancel(100 * time.Millisecond)
		case 12:
			script.HiddenFor = 300 * time.Millisecond
		case 13:
			script.RunsFor *= 5
		}
		scripts[i] = script
	}
	return scripts
}

// disturb loses about one reply in ten to a start, a delete or a cancel, cuts off as many, breaks as many connections
// before, and refuses as many calls for want of a server.
func (s *sweep) disturb(calls int) {
	faults := []testsuite.Fault{testsuite.LostReply(), testsuite.CutReply(), testsuite.DroppedConnection(), testsuite.Unavailable()}
	for _, name := range s.serviceNames() {
		starts, undos := s.methods(name)
		var all []testsuite.Fault
		for _, method := range append(append(starts, undos...), testsuite.MethodCancel) {
			for n := 1; n <= calls; n++ {
				if kind := s.random.IntN(10); kind < len(faults) {
					all = append(all, faults[kind].On(method).Calls(n, n))
				}
			}
		}
		s.scripted[name].AddFaults(all...)
	}
}

// sweepID is the id of the sweep's nth run.
func sweepID(n int) string { return fmt.Sprintf("sweep-%d", n) }

// undoWindow is long for what the sweep does, the two minutes after which the death of a worker in the middle of a cancel
// is noticed included.
const undoWindow = 10 * time.Minute
