package steps

import (
	"fmt"
	"path"
	"strings"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/lro"
)

// Line is one piece of news about one step or undo.
type Line struct {
	// Name names the step by its method and its resource's id, such as "CreateInstance orders" or "undo CreateInstance
	// orders". It is a sentence about the workflow if What is empty.
	Name string
	// What is the news: "started", "done in 12 s", "deleted".
	What string
	// Over is true if no more news of the name is expected.
	Over bool
}

// Teller turns the events of a history into lines. The zero Teller is ready. It is not safe for concurrent use.
type Teller struct {
	scheduled map[int64]activity
	began     map[string]time.Time
	steps     map[lro.Ref]string // the step of each operation under way
}

// activity is a scheduled activity.
type activity struct {
	kind, name string
	input      *common.Payloads
}

// Tell returns the lines of the next event.
func (t *Teller) Tell(event *history.HistoryEvent) []Line {
	if t.scheduled == nil {
		*t = Teller{map[int64]activity{}, map[string]time.Time{}, map[lro.Ref]string{}}
	}
	at := event.GetEventTime().AsTime()
	switch event.GetEventType() {
	case enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		return t.schedule(event, at)
	case enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		ended := event.GetActivityTaskCompletedEventAttributes()
		return t.complete(t.take(ended.GetScheduledEventId()), ended.GetResult(), at)
	case enums.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		ended := event.GetActivityTaskFailedEventAttributes()
		return t.fail(t.take(ended.GetScheduledEventId()), ended.GetFailure().GetMessage())
	case enums.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		ended := event.GetActivityTaskTimedOutEventAttributes()
		return t.fail(t.take(ended.GetScheduledEventId()), ended.GetFailure().GetMessage())
	case enums.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		t.take(event.GetActivityTaskCanceledEventAttributes().GetScheduledEventId())
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		return []Line{{Name: "the workflow is canceled", Over: true}}
	}
	return nil
}

func (t *Teller) take(event int64) activity {
	taken := t.scheduled[event]
	delete(t.scheduled, event)
	return taken
}

// schedule tells of a step that starts. Undos, cancels and reads are told at their end.
func (t *Teller) schedule(event *history.HistoryEvent, at time.Time) []Line {
	attributes := event.GetActivityTaskScheduledEventAttributes()
	made := activity{kind: attributes.GetActivityType().GetName(), input: attributes.GetInput()}
	var summary string
	_ = converter.GetDefaultDataConverter().FromPayload(event.GetUserMetadata().GetSummary(), &summary) // there may be none
	made.name = short(summary)
	if made.name == "" {
		made.name = made.kind
	}
	t.scheduled[event.GetEventId()] = made
	if made.of() != stepKind && made.of() != ownKind {
		return nil
	}
	if _, again := t.began[made.name]; again {
		return nil
	}
	t.began[made.name] = at
	return []Line{{Name: made.name, What: "started"}}
}

// short shortens the name of a resource in a summary to its last segment.
func short(summary string) string {
	words := strings.Fields(summary)
	for i, word := range words {
		if strings.Contains(word, "/") {
			words[i] = path.Base(word)
		}
	}
	return strings.Join(words, " ")
}

// The kinds of activities.
const (
	stepKind      = "step"
	undoKind      = "undo"
	pollKind      = "poll"
	setKind       = "set"
	cancelKind    = "cancel"
	cancelSetKind = "cancel of a set"
	otherKind     = "other" // of awaitop
	ownKind       = "own"   // of the user
)

func (a activity) of() string {
	switch {
	case strings.HasPrefix(a.name, "undo "):
		return undoKind
	case a.kind == activities.PollOperationName:
		return pollKind
	case a.kind == activities.PollOperationsName:
		return setKind
	case a.kind == activities.CancelOperationName:
		return cancelKind
	case a.kind == activities.CancelOperationsName:
		return cancelSetKind
	case strings.HasPrefix(a.kind, "awaitop.spanner."), a.kind == names.Start, a.starts():
		return stepKind
	case strings.HasPrefix(a.kind, "awaitop."):
		return otherKind
	default:
		return ownKind
	}
}

// starts reports whether the activity is a starter of the example's own: its input is a step's.
func (a activity) starts() bool {
	var in struct {
		Target string `json:"target"`
		Key    string `json:"key"`
	}
	return !strings.HasPrefix(a.kind, "awaitop.") && read(a.input, &in) && in.Target != "" && in.Key != ""
}

// ref is the operation that the activity reads or cancels.
func (a activity) ref() (lro.Ref, bool) {
	var in struct {
		Ref lro.Ref `json:"ref"`
	}
	ok := read(a.input, &in)
	return in.Ref, ok
}

// stepOf is the name of the step whose operation the activity reads or cancels, "" if there is none.
func (t *Teller) stepOf(a activity) string {
	ref, ok := a.ref()
	if !ok {
		return ""
	}
	return t.steps[ref]
}

// took says how long a step has taken.
func (t *Teller) took(name string, at time.Time) string {
	d := at.Sub(t.began[name])
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

func read(payloads *common.Payloads, into any) bool {
	return converter.GetDefaultDataConverter().FromPayloads(payloads, into) == nil
}
