package worker

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

// matching answers as a Temporal server does.
type matching struct {
	mu     sync.Mutex
	polls  map[polled][]string // identities
	err    error
	silent bool // an answer never comes
	asked  int
}

func (m *matching) DescribeTaskQueue(ctx context.Context, taskQueue string, kind enumspb.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	m.mu.Lock()
	m.asked++
	silent, err, identities := m.silent, m.err, m.polls[polled{taskQueue, kind}]
	m.mu.Unlock()
	if silent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	var reply workflowservice.DescribeTaskQueueResponse
	for _, identity := range identities {
		reply.Pollers = append(reply.Pollers, &taskqueue.PollerInfo{Identity: identity})
	}
	return &reply, err
}

// set changes what the server answers.
func (m *matching) set(change func(*matching)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

// serving lets processes poll a task queue and its control task queue, and no others.
func (m *matching) serving(taskQueue string, identities ...string) {
	m.set(func(m *matching) {
		m.err, m.silent, m.polls = nil, false, map[polled][]string{}
		for _, p := range pollsOfFleet(taskQueue) {
			m.polls[p] = identities
		}
	})
}

func (m *matching) questions() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked
}

// counting is a census with its Poller, whose total is 12 requests a second.
type counting struct {
	*census
	t   *testing.T
	log bytes.Buffer
}

func newCounting(t *testing.T) *counting {
	t.Helper()
	c := &counting{t: t}
	options := Options{
		Client:  testsuite.ForTest(t, testsuite.Options{}),
		Budgets: map[string]poller.Budget{lro.SpannerService: {TotalRequestsPerSecond: 12}},
		Logger:  slog.New(slog.NewTextHandler(&c.log, nil)),
	}
	api, _, err := options.client(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.census = options.census(api)
	c.random = func() float64 { return 0.5 }
	return c
}

// rate wants a share, in requests per second.
func (c *counting) rate(reason string, want float64) {
	c.t.Helper()
	if got := c.poller.Stats(lro.SpannerService).RequestsPerSecond; got != want {
		c.t.Errorf("%s: %v requests a second, want %v", reason, got, want)
	}
}

// The share follows the number of workers, from the start to the end.
func TestCensus(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newCounting(t), &matching{}
		c.join("a")
		c.rate("nothing is known of others", 1.2)
		server.serving("q", "a")
		c.reach("a", server, pollsOfFleet("q"))
		time.Sleep(1500 * time.Millisecond) // counted after 1, 3, 7, 15, 31, 36, 66 s, then each 30 s
		c.rate("it is the only one", 12)
		server.serving("q", "a", "b")
		time.Sleep(2 * time.Second) // 3.5 s
		c.rate("another one joins while it has just started itself", 1.2)
		time.Sleep(33 * time.Second) // 36.5 s
		c.rate("the other one has counted it", 6)
		server.serving("q", "a", "b", "c")
		time.Sleep(30 * time.Second) // 66.5 s
		c.rate("a third one", 4)
		server.serving("q", "a", "b")
		time.Sleep(30 * time.Second) // 96.5 s
		c.rate("one is gone, says the first count", 4)
		time.Sleep(30 * time.Second)
		c.rate("so does the second", 6)
		server.set(func(m *matching) { m.err = errors.New("permission denied") })
		time.Sleep(5 * time.Minute)
		c.rate("the last number stays", 6)
		server.serving("q")
		time.Sleep(5 * time.Minute)
		c.rate("a server that knows of no worker at all says nothing", 6)
		server.set(func(m *matching) { m.silent = true })
		time.Sleep(time.Minute)
		c.rate("nor does one that is silent", 6)
		server.serving("q", "a", "b", "c")
		time.Sleep(time.Minute)
		c.rate("it counts again", 4)
		c.leave("a")
		asked := server.questions()
		time.Sleep(time.Hour)
		if n := server.questions(); n != asked {
			t.Errorf("%d questions after the last worker has stopped", n-asked)
		}
		c.join("a2")
		c.rate("another worker of the process knows nothing", 1.2)
		c.leave("a2")
		if log := c.log.String(); strings.Count(log, "cannot be counted") != 1 || !strings.Contains(log, "permission denied") || !strings.Contains(log, "by=3") {
			t.Errorf("the log has one warning for failures in a row, and each change:\n%s", log)
		}
	})
}

// A server that never answers leaves a worker with a tenth, and holds nothing up.
func TestCensusWithoutAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newCounting(t), &matching{silent: true}
		c.join("a")
		c.reach("a", server, pollsOf("q"))
		time.Sleep(10 * time.Minute)
		c.rate("nothing is known of others", 1.2)
		if n := server.questions(); n < 15 || n > 30 {
			t.Errorf("%d questions in 10 minutes, want one each 30 s and 5 s", n)
		}
		c.leave("a")
	})
}

// Several workers of a process count once, and the processes of all of their task queues count.
func TestCensusOfSeveralWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, one, other := newCounting(t), &matching{}, &matching{}
		one.serving("q", "a", "b")
		other.serving("r", "a", "c")
		c.join("q1")
		c.reach("q1", one, pollsOf("q"))
		c.join("idle")
		time.Sleep(time.Minute)
		c.rate("two processes on one task queue", 6)
		c.join("r1")
		c.reach("r1", other, pollsOf("r"))
		c.reach("r1", one, pollsOf("q")) // each activity says it again
		time.Sleep(time.Minute)
		c.rate("three on both, and the worker of before is settled", 4)
		c.leave("q1")
		time.Sleep(2 * time.Minute)
		c.rate("two on the other", 6)
		c.leave("r1")
		asked := one.questions() + other.questions()
		time.Sleep(time.Hour)
		if n := one.questions() + other.questions(); n != asked {
			t.Errorf("%d questions while no worker has run an activity", n-asked)
		}
		c.leave("idle")
	})
}

// A process without totals counts nobody, and adds nothing to its activities.
func TestNoCensus(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		budgets map[string]poller.Budget
		worker  sdk.Options
		want    bool
	}{
		"total":                 {"it is to be divided", map[string]poller.Budget{lro.SpannerService: {TotalRequestsPerSecond: 5}}, sdk.Options{}, true},
		"share":                 {"it is this process's own", map[string]poller.Budget{lro.SpannerService: {RequestsPerSecond: 5}}, sdk.Options{}, false},
		"workflows only":        {"such a worker makes no requests", map[string]poller.Budget{lro.SpannerService: {TotalRequestsPerSecond: 5}}, sdk.Options{LocalActivityWorkerOnly: true}, false},
		"the default of others": {"no limit in practice", nil, sdk.Options{}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlugin(t.Context(), Options{Client: testsuite.ForTest(t, testsuite.Options{}), Budgets: tt.budgets})
			if err != nil {
				t.Fatal(err)
			}
			worker := sdk.PluginConfigureWorkerOptions{WorkerInstanceKey: "w", TaskQueue: "q", WorkerOptions: &tt.worker}
			if err := p.configure(t.Context(), worker); err != nil {
				t.Fatal(err)
			}
			if found := tt.worker.Interceptors[0].InterceptActivity(t.Context(), nil) != nil; found != tt.want {
				t.Errorf("%s: workers are counted: %t", tt.reason, found)
			}
		})
	}
}

func TestInvalidRecount(t *testing.T) {
	t.Parallel()
	for _, recount := range []time.Duration{-time.Second, time.Millisecond, 200 * 365 * 24 * time.Hour} {
		_, err := Plugin(t.Context(), Options{Client: testsuite.ForTest(t, testsuite.Options{}), Recount: recount})
		var invalid *lro.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "recount" || invalid.Value != recount.String() {
			t.Errorf("%v, want recount %v refused", err, recount)
		}
	}
}
