package e2e

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// hostileWaits is how many waits TestHostileReplies has of each sort.
var hostileWaits = flag.Int("hostile", 28, "`number` of hostile waits, and of healthy ones beside them")

const (
	// hostileMemory is the memory, in bytes, of the worker that reads hostile replies, and
	// hostileGoal its GOMEMLIMIT: 80%, as docs/operations.md has it.
	hostileMemory = 512 << 20
	hostileGoal   = "GOMEMLIMIT=409MiB"
	// hostileSize is how many bytes of a kind a hostile reply has: less than
	// rest.DefaultMaxBodySize.
	hostileSize = 15 << 20
)

// hostile is a kind of hostile reply: to each read of an operation, and to each List of
// its collection.
type hostile struct {
	reply http.HandlerFunc
	want  lro.FailureType // how a wait for such an operation ends
}

// hostiles are the kinds by name, which is that of the instance that answers so.
func hostiles() map[string]hostile {
	repeat := func(status int, opening, element, closing string) http.HandlerFunc {
		return whole(status, opening+strings.Repeat(element+",", hostileSize/(len(element)+1))+element+closing)
	}
	var fields, details bytes.Buffer
	for i := 0; fields.Len() < hostileSize; i++ {
		fmt.Fprintf(&fields, `"f%d":1,`, i)
		fmt.Fprintf(&details, `{"@type":"x","f%d":1},`, i)
	}
	details.Truncate(hostileSize)
	details.Truncate(bytes.LastIndexByte(details.Bytes(), '}') + 1)
	const levels = 9_998
	return map[string]hostile{
		"errors":  {repeat(503, `{"error":{"code":503,"message":"m","errors":[`, `{"reason":"a"}`, `]}}`), lro.TypeAwaitTimeout},
		"trickle": {trickle, lro.TypeAwaitTimeout},
		"fields":  {whole(200, `{`+fields.String()+`"done":true}`), lro.TypeProtocolError},
		"details": {whole(200, `{"done":true,"error":{"code":9,"message":"m","details":[`+details.String()+`]}}`), lro.TypeProtocolError},
		"large":   {whole(200, `{"done":true,"response":{"@type":"x","v":"`+strings.Repeat("v", hostileSize)+`"}}`), lro.TypeResultTooLarge},
		"silent":  {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, lro.TypeAwaitTimeout},
		"deep":    {whole(200, `{"done":true,"response":`+strings.Repeat(`{"a":`, levels)+`1`+strings.Repeat(`}`, levels)+`}`), lro.TypeResultTooLarge},
	}
}

func whole(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// trickle declares 16 MiB and sends a byte a second.
func trickle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", strconv.Itoa(16<<20))
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		if _, err := w.Write([]byte("{")); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		}
	}
}

// hostileBench is a worker process of little memory, and an API of which some instances
// are hostile.
type hostileBench struct {
	*bench
	kinds  map[string]hostile
	reads  atomic.Int64 // of hostile operations
	worker *exec.Cmd
}

func newHostileBench(t *testing.T) *hostileBench {
	b := &hostileBench{bench: newBench(t, benchOptions{noWorker: true}), kinds: hostiles()}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute+time.Duration(*hostileWaits)*time.Second)
	t.Cleanup(cancel)
	b.ctx = ctx
	healthy := b.service.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		segments := strings.Split(r.URL.Path, "/") // "", v1, projects, P, instances, KIND, operations, ID
		if len(segments) > 5 && b.kinds[segments[5]].reply != nil {
			b.reads.Add(1)
			b.kinds[segments[5]].reply(w, r)
			return
		}
		healthy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections) // first
	b.endpoint = server.URL
	b.worker, _ = b.workerOf(os.Args[0], activities.Options{}, fmt.Sprintf("%s=%d", workerMemory, hostileMemory), hostileGoal)
	return b
}

// TestHostileReplies has a worker of 512 MiB await operations of hostile services beside
// healthy ones. It lives, each hostile wait ends typed, and the ends of healthy
// operations are noticed at most twice as late as without the hostile ones. It is not
// parallel: it measures.
func TestHostileReplies(t *testing.T) {
	b := newHostileBench(t)
	aloneMean, aloneMost := b.awaitHealthy("alone")
	peak, _ := memoryOf(t, b.worker.Process.Pid)
	t.Logf("%d healthy waits alone: lag %v on average, %v for 95%%; peak memory %d MiB", *hostileWaits, aloneMean, aloneMost, peak)

	runs := b.awaitHostile()
	mean, most := b.awaitHealthy("beside")
	peak, data := memoryOf(t, b.worker.Process.Pid)
	t.Logf("%d beside as many hostile ones: lag %v on average, %v for 95%%; %d hostile replies; peak memory %d MiB (VmData %d MiB)", *hostileWaits, mean, most, b.reads.Load(), peak, data)
	if int(b.reads.Load()) < *hostileWaits {
		t.Errorf("%d hostile replies beside the healthy ones: not each wait had one", b.reads.Load())
	}
	if mean > 2*aloneMean || most > 2*aloneMost {
		t.Errorf("the lag of healthy waits is more than twice their own")
	}
	b.wantHostileEnds(runs)
	peak, _ = memoryOf(t, b.worker.Process.Pid) // it lives
	t.Logf("all ended: %d hostile replies, peak memory %d MiB", b.reads.Load(), peak)
}

// healthySpan is for how long healthy operations end, one after the other.
func healthySpan() time.Duration {
	return 8*time.Second + time.Duration(*hostileWaits)*60*time.Millisecond
}

// awaitHealthy awaits operations of 4 s and longer, all of which succeed, and returns how late
// their ends were noticed: on average, and at most for 95% of them.
func (b *hostileBench) awaitHealthy(name string) (mean, most time.Duration) {
	b.t.Helper()
	refs := make([]lro.Ref, *hostileWaits)
	var all errgroup.Group
	for i := range refs {
		script := testsuite.Script{RunsFor: 4*time.Second + healthySpan()*time.Duration(i)/time.Duration(len(refs))}
		refs[i] = b.service.Start(fmt.Sprintf("projects/p/instances/%s/operations/o%d", name, i), script)
		all.Go(func() error {
			run, err := workflows.Start(b.ctx, b.client, b.queue, refs[i], workflows.AwaitOptions{})
			if err == nil {
				_, err = run.Get(b.ctx)
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		b.t.Errorf("a healthy wait failed: %v", err)
	}
	var lags []time.Duration
	for _, ref := range refs {
		ended, told, ok := b.service.EndTimes(ref)
		if !ok {
			b.t.Fatalf("%s was shown to nobody", ref)
		}
		lags = append(lags, told.Sub(ended))
		mean += told.Sub(ended) / time.Duration(len(refs))
	}
	slices.Sort(lags)
	return mean.Round(time.Millisecond), lags[len(lags)*95/100].Round(time.Millisecond)
}

// awaitHostile starts hostile waits of all kinds, half of them in the healthy ones'
// project. Those that do not end by themselves give up after the healthy ones have ended.
func (b *hostileBench) awaitHostile() map[string][]*workflows.AwaitRun {
	b.t.Helper()
	kinds := slices.Sorted(maps.Keys(b.kinds))
	runs := make([]*workflows.AwaitRun, *hostileWaits)
	var all errgroup.Group
	for i := range runs {
		project := []string{"p", "hostile"}[i/len(kinds)%2]
		ref := lro.Ref{Service: lro.SpannerService, Name: fmt.Sprintf("projects/%s/instances/%s/operations/o%d", project, kinds[i%len(kinds)], i)}
		var options workflows.AwaitOptions
		if b.kinds[kinds[i%len(kinds)]].want == lro.TypeAwaitTimeout {
			options.Timeout = 20*time.Second + healthySpan()
		}
		all.Go(func() (err error) {
			runs[i], err = workflows.Start(b.ctx, b.client, b.queue, ref, options)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		b.t.Fatal(err)
	}
	byKind := map[string][]*workflows.AwaitRun{}
	for i, run := range runs {
		byKind[kinds[i%len(kinds)]] = append(byKind[kinds[i%len(kinds)]], run)
	}
	return byKind
}

// wantHostileEnds checks that each hostile wait ends in its kind's failure.
func (b *hostileBench) wantHostileEnds(runs map[string][]*workflows.AwaitRun) {
	b.t.Helper()
	for kind, runs := range runs {
		for _, run := range runs {
			_, err := run.Get(b.ctx)
			if failure, ok := lro.AsFailure(err); !ok || failure.Type != b.kinds[kind].want {
				b.t.Errorf("a wait for %s ends with %v, want %s", kind, err, b.kinds[kind].want)
				break
			}
		}
	}
}
