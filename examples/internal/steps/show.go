package steps

import (
	"context"
	"strconv"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/examples/internal/console"
)

// refresh is the time between two looks at the progress of what is under way.
const refresh = 500 * time.Millisecond

// lastLines bounds how long the end of a history may take to arrive.
const lastLines = 5 * time.Second

// Show prints the steps and undos of a workflow run until the run closes or ctx is done: a line for each end, and what
// is under way. On a terminal what is under way is a live state with its progress. The returned function waits until the
// end of a closed run is printed.
func Show(ctx context.Context, c client.Client, run client.WorkflowRun, out *console.Console) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	s := &show{client: c, run: run, out: out, states: map[string]*state{}}
	var done sync.WaitGroup
	done.Go(func() { s.follow(ctx, cancel) })
	done.Go(func() { s.progress(ctx) })
	return func() {
		late := time.AfterFunc(lastLines, cancel)
		defer late.Stop()
		done.Wait()
	}
}

// show is one run's lines and live states.
type show struct {
	client client.Client
	run    client.WorkflowRun
	out    *console.Console

	mu     sync.Mutex
	teller Teller
	states map[string]*state // of what is under way, by name
}

// state is the live state of a step.
type state struct {
	text string
	show func(text string)
}

// follow tells the history to its end, or until ctx is done.
func (s *show) follow(ctx context.Context, end func()) {
	defer end()
	iterator := s.client.GetWorkflowHistory(ctx, s.run.GetID(), s.run.GetRunID(), true, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iterator.HasNext() {
		event, err := iterator.Next()
		if err != nil {
			return // the caller learns it from the run
		}
		s.mu.Lock()
		for _, line := range s.teller.Tell(event) {
			s.line(line)
		}
		s.mu.Unlock()
	}
}

func (s *show) line(line Line) {
	underWay, isUnderWay := s.states[line.Name]
	switch {
	case line.What == "":
		s.out.Line("  %s", line.Name)
	case !line.Over:
		if !isUnderWay {
			underWay = &state{show: s.out.Begin(line.Name)}
			s.states[line.Name] = underWay
		}
		underWay.text = line.What
		underWay.show(line.What)
	default:
		if isUnderWay {
			underWay.show("")
			delete(s.states, line.Name)
		}
		s.out.Line("  %s ... %s", line.Name, line.What)
	}
}

// progress shows on a terminal what the polls under way have reported, and how long the steps have taken.
func (s *show) progress(ctx context.Context) {
	if !s.out.Live() {
		return
	}
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.refresh(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func (s *show) refresh(ctx context.Context) {
	described, err := s.client.DescribeWorkflowExecution(ctx, s.run.GetID(), s.run.GetRunID())
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, pending := range described.GetPendingActivities() {
		var beat struct {
			Status string `json:"status"`
		}
		if pending.GetHeartbeatDetails() == nil ||
			converter.GetDefaultDataConverter().FromPayloads(pending.GetHeartbeatDetails(), &beat) != nil || beat.Status == "" {
			continue
		}
		if underWay, ok := s.states[s.teller.stepOfID(pending.GetActivityId())]; ok {
			underWay.text = beat.Status
		}
	}
	for _, underWay := range s.states {
		underWay.show(underWay.text)
	}
}

// stepOfID is the name of the step whose operation an activity reads, "" if there is none. The SDK makes an activity's
// id of the event that schedules it.
func (t *Teller) stepOfID(id string) string {
	event, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return ""
	}
	return t.stepOf(t.scheduled[event])
}
