package waitlist_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// now is the time of all tests.
var now = time.Date(2026, 11, 27, 14, 52, 3, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

func spanner(name string) lro.Ref { return lro.Ref{Service: lro.SpannerService, Name: name} }

// own is the wait of the workflow that workflows.Start runs, which is as it should be.
func own(name string) control.Wait {
	ref := spanner(name)
	return control.Wait{
		WorkflowID: workflows.WorkflowID(ref), RunID: "r", Ref: ref, Phase: workflows.PhaseAwaiting, Mode: control.ModeHeld,
		StartTime: ago(2 * time.Minute), LastPoll: ago(10 * time.Second), Reported: ago(10 * time.Second), NextPoll: now.Add(12 * time.Second),
	}
}

// with is the wait with a change.
func with(w control.Wait, change func(*control.Wait)) control.Wait {
	change(&w)
	return w
}

// status is that of a running workflow with the waits.
func status(workflowType string, waits ...control.Wait) *control.Status {
	return &control.Status{
		WorkflowID: waits[0].WorkflowID, RunID: "r", WorkflowType: workflowType, State: "Running", TaskQueue: "q",
		StartTime: ago(3 * time.Minute), Waits: waits,
	}
}

func alone(w control.Wait) *control.Status { return status(workflows.AwaitOperationName, w) }

// in is the wait as one of another workflow.
func in(workflowID string, w control.Wait) control.Wait {
	w.WorkflowID = workflowID
	return w
}

const (
	b1 = "projects/p/instances/i/backups/b1/operations/o"
	b2 = "projects/p/instances/i/backups/b2/operations/o"
)

// brief is what a row says, without its times.
func brief(row waitlist.Row) string {
	text := strings.Join(strings.Fields(row.Name()+": "+row.News()), " ")
	if row.Inner {
		return "  " + text
	}
	return text
}

// What a wait's row says, in words that a user knows.
func TestWait(t *testing.T) {
	t.Parallel()
	denied := &lro.Status{Code: lro.CodePermissionDenied, Message: "no backups.get"}
	tests := map[string]struct {
		reason string
		change func(*control.Wait)
		want   waitlist.Row // its state, progress, times, trouble and tone
	}{
		"held":    {"it runs, wherever it is", func(*control.Wait) {}, waitlist.Row{State: "running", Next: "in 12s", Tone: waitlist.Running}},
		"yielded": {"so does this", func(w *control.Wait) { w.Mode = control.ModeYielded }, waitlist.Row{State: "running", Next: "in 12s", Tone: waitlist.Running}},
		"percent": {"a bar", func(w *control.Wait) { w.Progress = lro.Progress{Known: true, Percent: 40} }, waitlist.Row{State: "running", Measured: true, Percent: 40, Estimate: 43, Ends: "~2m35s", Next: "in 12s", Tone: waitlist.Running}},
		"late": {"the estimate is over", func(w *control.Wait) {
			w.Progress, w.LastPoll = lro.Progress{Known: true, Percent: 100}, ago(time.Second)
		}, waitlist.Row{State: "running", Measured: true, Percent: 100, Ends: "soon", Next: "in 12s", Tone: waitlist.Running}},
		"overdue":   {"nobody has read it", func(w *control.Wait) { w.Mode, w.NextPoll = control.ModeYielded, ago(40*time.Second) }, waitlist.Row{State: "running", Next: "due since 14:51:23", Tone: waitlist.Running}},
		"yesterday": {"the day counts", func(w *control.Wait) { w.Mode, w.NextPoll = control.ModeYielded, ago(15*time.Hour) }, waitlist.Row{State: "running", Next: "due since Nov 26 23:52:03", Tone: waitlist.Running}},
		"reads":     {"a held wait reads between two reports", func(w *control.Wait) { w.NextPoll = ago(3 * time.Second) }, waitlist.Row{State: "running", Next: "in seconds", Tone: waitlist.Running}},
		"silent":    {"its worker may be dead", func(w *control.Wait) { w.NextPoll, w.Reported = ago(time.Minute), ago(time.Minute) }, waitlist.Row{State: "running", Next: "due since 14:51:03", Tone: waitlist.Running}},
		"queued":    {"no worker has it", func(w *control.Wait) { w.Mode, w.NextPoll = control.ModeQueued, time.Time{} }, waitlist.Row{State: "waiting for a worker", Tone: waitlist.Running}},
		"canceling": {"a cancel is under way", func(w *control.Wait) { w.Phase = workflows.PhaseCanceling }, waitlist.Row{State: "canceling", Next: "in 12s", Tone: waitlist.Busy}},
		"failing":   {"it is read again", func(w *control.Wait) { w.LastError = &lro.Status{Code: lro.CodeUnavailable, Message: "down"} }, waitlist.Row{State: "running", Next: "in 12s", Trouble: "UNAVAILABLE: down", Tone: waitlist.Trouble}},
		"blocked":   {"somebody has to act", func(w *control.Wait) { w.LastError, w.BlockedSince = denied, ago(5*time.Minute) }, waitlist.Row{State: "blocked", Next: "in 12s", Trouble: "PERMISSION_DENIED: no backups.get", Times: "for 5m0s", Tone: waitlist.Trouble}},
		"died":      {"an attempt has failed", func(w *control.Wait) { w.Mode, w.LastFailure = control.ModeQueued, "heartbeat timeout" }, waitlist.Row{State: "waiting for a worker", Next: "in 12s", Trouble: "heartbeat timeout", Tone: waitlist.Trouble}},
		"paused":    {"a person paused it", func(w *control.Wait) { w.Mode = control.ModePaused }, waitlist.Row{State: "paused", Next: "in 12s", Tone: waitlist.Trouble}},
		"set": {"its members that have ended", func(w *control.Wait) {
			w.Ref, w.Set = lro.Ref{}, &control.Set{In: "//s/projects/p", Total: 10, Ended: 3}
		}, waitlist.Row{State: "running", Measured: true, Percent: 30, Count: "3 of 10", Ends: "~4m7s", Next: "in 12s", Tone: waitlist.Running}},
		"failed member": {"the first one, and how many more", func(w *control.Wait) {
			failed := control.Member{Ref: spanner(b1), State: lro.StateFailed, Error: denied}
			w.Ref, w.Set = lro.Ref{}, &control.Set{In: "//spanner.googleapis.com/projects/p/instances/i", Total: 10, Members: []control.Member{failed, failed, {Ref: spanner(b2), State: lro.StateRunning}}}
		}, waitlist.Row{State: "running", Measured: true, Count: "0 of 10", Next: "in 12s", Trouble: "backups/b1/operations/o: PERMISSION_DENIED: no backups.get, and 1 more", Tone: waitlist.Trouble}},
		"canceled member": {"as it was asked", func(w *control.Wait) {
			w.Ref, w.Phase, w.Set = lro.Ref{}, workflows.PhaseCanceling, &control.Set{Total: 10, Members: []control.Member{{Ref: spanner(b1), State: lro.StateCanceled, Error: denied}}}
		}, waitlist.Row{State: "canceling", Measured: true, Count: "0 of 10", Next: "in 12s", Tone: waitlist.Busy}},
		"failing set": {"how many of them", func(w *control.Wait) {
			w.Ref, w.Set, w.LastError = lro.Ref{}, &control.Set{Total: 10, Failing: 2}, denied
		}, waitlist.Row{State: "running", Measured: true, Count: "0 of 10", Next: "in 12s", Trouble: "2 of 10 cannot be read: PERMISSION_DENIED: no backups.get", Tone: waitlist.Trouble}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := waitlist.Rows([]*control.Status{alone(with(own(b1), tt.change))}, now)
			got := rows[len(rows)-1]
			got.WorkflowID, got.Group, got.Inner, got.Service, got.Path, got.Label, got.Note, got.Age = "", "", false, "", "", "", "", ""
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tt.reason, diff)
			}
		})
	}
}

// The rows of a workflow, and what it is at.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	saga := func(waits ...control.Wait) *control.Status {
		s := status("Provision", append(waits, control.Wait{WorkflowID: "provision-42"})...)
		s.WorkflowID, s.Waits = "provision-42", waits
		return s
	}
	changed := func(s *control.Status, change func(*control.Status)) *control.Status {
		change(s)
		return s
	}
	unseen := control.Wait{WorkflowID: "provision-42", RunID: "r", Mode: control.ModeHeld, Phase: workflows.PhaseAwaiting}
	tests := map[string]struct {
		reason string
		status *control.Status
		want   string
	}{
		"own":     {"one row, by its operation", alone(own(b1)), "//spanner.googleapis.com/" + b1 + ": running"},
		"odd id":  {"its workflow has another name", changed(alone(in("w", own(b1))), func(s *control.Status) { s.WorkerAwaitedSince = ago(time.Minute) }), "w: no worker\n  //spanner.googleapis.com/" + b1 + ": no worker no worker takes it from task queue q"},
		"sets":    {"it has no name of its own", alone(with(own(b1), func(w *control.Wait) { w.Ref, w.Set = lro.Ref{}, &control.Set{Total: 3} })), "//spanner.googleapis.com/" + b1 + ": running\n  a set of 3 operations: running 0 of 3"},
		"new":     {"its workflow's id tells which", alone(with(own(b1), func(w *control.Wait) { w.Ref = lro.Ref{} })), "//spanner.googleapis.com/" + b1 + ": running"},
		"inline":  {"below its workflow, which to describe or cancel", saga(in("provision-42", own(b1))), "provision-42 (Provision): running\n  //spanner.googleapis.com/" + b1 + ": running"},
		"unseen":  {"no heartbeat yet", saga(unseen), "provision-42 (Provision): running\n  an operation not reported yet: running"},
		"child":   {"so is that of a child", saga(own(b1)), "provision-42 (Provision): running\n  //spanner.googleapis.com/" + b1 + ": running"},
		"trouble": {"first of the workflow's", saga(in("provision-42", own(b1)), in("provision-42", with(own(b2), func(w *control.Wait) { w.LastFailure = "died" }))), "provision-42 (Provision): running\n  //spanner.googleapis.com/" + b2 + ": running died\n  //spanner.googleapis.com/" + b1 + ": running"},
		"steps":   {"its own code runs", saga(), "provision-42 (Provision): between two steps"},
		"reads":   {"an answer is on its way", changed(alone(own(b1)), func(s *control.Status) { s.Waits = nil }), "//spanner.googleapis.com/" + b1 + ": between two reads"},
		"untaken": {"nothing was ever read", changed(alone(own(b1)), func(s *control.Status) { s.Waits, s.Untaken, s.WorkerAwaitedSince = nil, true, ago(time.Second) }),
			"//spanner.googleapis.com/" + b1 + ": waiting for a worker"},
		"taken": {"a worker has its first task, or has died with it", changed(saga(), func(s *control.Status) { s.Untaken = true }), "provision-42 (Provision): waiting for a worker"},
		"task lost": {"a busy machine may be late once", changed(alone(own(b1)), func(s *control.Status) { s.WorkerAwaitedSince, s.TaskFailures = ago(11*time.Second), 1 }),
			"//spanner.googleapis.com/" + b1 + ": running"},
		"task late": {"it goes on", changed(alone(own(b1)), func(s *control.Status) { s.WorkerAwaitedSince, s.TaskFailures = ago(time.Minute), 1 }),
			"//spanner.googleapis.com/" + b1 + ": no worker its workflow task has failed or timed out once on task queue q: see its worker's log"},
		"no worker": {"for more than a moment", changed(saga(), func(s *control.Status) { s.WorkerAwaitedSince = ago(time.Minute) }),
			"provision-42 (Provision): no worker no worker takes it from task queue q"},
		"delayed":  {"its start has a delay", changed(saga(), func(s *control.Status) { s.BeginTime = now.Add(time.Hour) }), "provision-42 (Provision): not begun"},
		"a moment": {"a worker takes it soon", changed(saga(), func(s *control.Status) { s.WorkerAwaitedSince = ago(time.Second) }), "provision-42 (Provision): between two steps"},
		"tasks fail": {"its code panics, say", changed(alone(own(b1)), func(s *control.Status) { s.WorkerAwaitedSince, s.TaskFailures = now, 3 }),
			"//spanner.googleapis.com/" + b1 + ": no worker its workflow task has failed or timed out 3 times on task queue q: see its worker's log"},
		"undescribed": {"the server says why", &control.Status{WorkflowID: "größer", State: "Running", Trouble: "non-printable"}, "größer: running non-printable"},
		"succeeded":   {"by its outcome", changed(alone(own(b1)), func(s *control.Status) { s.State, s.Waits, s.Outcome = "Completed", nil, succeeded() }), "//spanner.googleapis.com/" + b1 + ": succeeded"},
		"failed": {"why", changed(saga(), func(s *control.Status) { s.State, s.Failure = "Failed", &control.Failure{Message: "duplicate key"} }),
			"provision-42 (Provision): failed duplicate key"},
		"timed out": {"two words", changed(saga(), func(s *control.Status) { s.State = "TimedOut" }), "provision-42 (Provision): timed out"},
		"terminated": {"the operation may run on", changed(alone(with(own(b1), func(w *control.Wait) { w.Mode = control.ModeLeft })), func(s *control.Status) {
			s.State, s.Err, s.Failure = "Terminated", errors.New("terminated"), &control.Failure{Type: "Terminated", Message: "no cancel was sent"}
		}), "//spanner.googleapis.com/" + b1 + ": terminated no cancel was sent"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, row := range waitlist.Rows([]*control.Status{tt.status}, now) {
				got = append(got, brief(row))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tt.reason, diff)
			}
		})
	}
}

// A workflow that no worker has taken yet says since when it waits.
func TestUntakenSince(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		status control.Status
		want   string
	}{
		"waits": {"since its task was scheduled", control.Status{StartTime: ago(time.Hour), WorkerAwaitedSince: ago(time.Second)}, "since 14:52:02"},
		"taken": {"a worker has its task, and has not answered", control.Status{StartTime: ago(time.Minute)}, "since 14:51:03"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := waitlist.UntakenSince(&tt.status, now); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// An undo that fails comes first of all, and says why, and until when it is tried.
func TestUndo(t *testing.T) {
	t.Parallel()
	const instance = "projects/p/instances/i"
	undo := func(change func(*control.Undo)) control.Undo {
		u := control.Undo{
			Step: "CreateInstance " + instance, Resource: instance, WorkflowID: "provision-42", ActivityID: "7", Attempt: 1,
			StartTime: ago(10 * time.Minute), Deadline: now.Add(2 * time.Hour),
		}
		change(&u)
		return u
	}
	stuck := undo(func(u *control.Undo) {
		u.Attempt, u.LastFailure, u.NextAttempt = 4, "PERMISSION_DENIED: no instances.delete", now.Add(40*time.Second)
	})
	tests := map[string]struct {
		reason string
		change func(*control.Status)
		want   []string
	}{
		"stuck": {"before a wait that fails, too", func(s *control.Status) {
			s.Undos, s.Waits = []control.Undo{stuck}, []control.Wait{in("provision-42", with(own(b1), func(w *control.Wait) { w.LastFailure = "died" }))}
		}, []string{
			"provision-42 (Provision): undoing", "  " + instance + " (CreateInstance): undo stuck PERMISSION_DENIED: no instances.delete [try 4, until 16:52] in 40s",
			"  //spanner.googleapis.com/" + b1 + ": running died [] in 12s",
		}},
		"first try": {"it is under way", func(s *control.Status) { s.Undos = []control.Undo{undo(func(*control.Undo) {})} }, []string{
			"provision-42 (Provision): undoing", "  " + instance + " (CreateInstance): undoing [until 16:52]",
		}},
		"its wait": {"the undo's own, which is not listed once more", func(s *control.Status) {
			s.Undos, s.Waits = []control.Undo{stuck}, []control.Wait{in("provision-42", with(own(b1), func(w *control.Wait) { w.ActivityID = "7" }))}
		}, []string{
			"provision-42 (Provision): undoing", "  " + instance + " (CreateInstance): undo stuck PERMISSION_DENIED: no instances.delete [try 4, until 16:52] in 40s",
		}},
		"no worker": {"nothing is undone until one comes", func(s *control.Status) {
			s.Undos = []control.Undo{undo(func(u *control.Undo) {
				u.ActivityType, u.TaskQueue, u.WorkerAwaitedSince = "awaitop.spanner.DeleteInstance", "control", ago(time.Minute)
			})}
		}, []string{"provision-42 (Provision): undoing", "  " + instance + " (CreateInstance): undo stuck no worker takes awaitop.spanner.DeleteInstance from task queue control [for 1m0s, until 16:52]"}},
		"no worker yet": {"one may come soon", func(s *control.Status) {
			s.Undos = []control.Undo{undo(func(u *control.Undo) { u.WorkerAwaitedSince = ago(time.Second) })}
		}, []string{"provision-42 (Provision): undoing", "  " + instance + " (CreateInstance): undoing [until 16:52]"}},
		"compensation": {"its name is all there is", func(s *control.Status) {
			s.Undos = []control.Undo{undo(func(u *control.Undo) { u.Step, u.Resource = "the order 42", "the order 42" })}
		}, []string{"provision-42 (Provision): undoing", "  the order 42: undoing [until 16:52]"}},
		"cut off": {"the workflow was terminated", func(s *control.Status) { s.State, s.Undos = "Terminated", []control.Undo{stuck} }, []string{
			"provision-42 (Provision): terminated", "  " + instance + " (CreateInstance): left behind its undo was cut off, PERMISSION_DENIED: no instances.delete []",
		}},
		"retry": {"an activity of the workflow's own", func(s *control.Status) {
			s.Retries = []control.Retry{{WorkflowID: "provision-42", ActivityType: "DeleteRecord", Attempt: 4, LastFailure: "no route to host", NextAttempt: now.Add(8 * time.Second)}}
		}, []string{"provision-42 (Provision): running", "  DeleteRecord: retrying no route to host [try 4] in 8s"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &control.Status{WorkflowID: "provision-42", RunID: "r", WorkflowType: "Provision", State: "Running", StartTime: ago(time.Hour)}
			tt.change(s)
			var got []string
			for _, row := range waitlist.Rows([]*control.Status{s}, now) {
				text := brief(row)
				if row.Inner {
					text = strings.TrimRight(text+" ["+row.Times+"] "+row.Next, " ")
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tt.reason, diff)
			}
		})
	}
}

func succeeded() *lro.Outcome {
	return &lro.Outcome{Ref: spanner(b1), Operation: lro.Operation{Name: b1, Done: true}}
}

// Trouble comes first, then what is taken back, then what runs, the newest first, and last what has ended.
func TestOrder(t *testing.T) {
	t.Parallel()
	named := func(id string, started time.Duration, change func(*control.Status)) *control.Status {
		s := &control.Status{WorkflowID: id, RunID: id, WorkflowType: "T", State: "Running", StartTime: ago(started)}
		change(s)
		return s
	}
	waiting := func(change func(*control.Wait)) func(*control.Status) {
		return func(s *control.Status) { s.Waits = []control.Wait{in(s.WorkflowID, with(own(b1), change))} }
	}
	failed := func(closed time.Duration) func(*control.Status) {
		return func(s *control.Status) {
			s.State, s.CloseTime, s.Failure = "Failed", ago(closed), &control.Failure{Message: "no"}
		}
	}
	rows := waitlist.Rows([]*control.Status{
		named("done", time.Hour, func(s *control.Status) { s.State = "Completed" }),
		named("failed long ago", 5*time.Hour, failed(4*time.Hour)),
		named("old", 2*time.Hour, waiting(func(*control.Wait) {})),
		named("new", time.Minute, waiting(func(*control.Wait) {})),
		named("canceling", 3*time.Hour, waiting(func(w *control.Wait) { w.Phase = workflows.PhaseCanceling })),
		named("just failed", 4*time.Hour, failed(time.Minute)),
		named("stuck", 9*time.Hour, func(s *control.Status) { s.Undos = []control.Undo{{Resource: "x", Step: "x", LastFailure: "no"}} }),
		named("in trouble", time.Hour, waiting(func(w *control.Wait) { w.LastFailure = "died" })),
	}, now)
	var got []string
	for _, row := range rows {
		if !row.Inner {
			got = append(got, row.WorkflowID)
		}
	}
	want := []string{"stuck", "in trouble", "just failed", "canceling", "new", "old", "failed long ago", "done"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var troubled []string
	for _, row := range waitlist.Troubled(rows) {
		troubled = append(troubled, row.Label+row.Path)
	}
	if diff := cmp.Diff([]string{"stuck", "x", "in trouble", b1, "just failed"}, troubled); diff != "" {
		t.Errorf("in trouble: -want +got:\n%s", diff)
	}
}

// A child is listed below its parent, and not once more by itself.
func TestChildren(t *testing.T) {
	t.Parallel()
	below := func(s *control.Status) *control.Status {
		s.Parent = &control.Execution{WorkflowID: "provision-42", RunID: "r"}
		return s
	}
	ended := func(failure *control.Failure) *control.Status {
		s := below(alone(own(b2)))
		s.State, s.Waits, s.Failure = "Completed", nil, failure
		return s
	}
	parent := func(waits ...control.Wait) *control.Status {
		return &control.Status{WorkflowID: "provision-42", RunID: "r", WorkflowType: "Provision", State: "Running", Waits: waits}
	}
	const service = "  //spanner.googleapis.com/"
	tests := map[string]struct {
		reason   string
		statuses []*control.Status
		want     []string
	}{
		"told":     {"its parent's status has its wait", []*control.Status{below(alone(own(b2))), parent(in("provision-42", own(b1)), own(b2))}, []string{"provision-42 (Provision): running", service + b1 + ": running", service + b2 + ": running"}},
		"by list":  {"a search found the child alone", []*control.Status{below(alone(own(b2)))}, []string{"provision-42: running", service + b2 + ": running"}},
		"ended":    {"its parent goes on", []*control.Status{ended(nil), parent()}, []string{"provision-42 (Provision): between two steps"}},
		"failed":   {"a person looks for it", []*control.Status{ended(&control.Failure{Message: "no"}), parent()}, []string{"provision-42 (Provision): between two steps", service + b2 + ": completed no"}},
		"is over":  {"nothing else tells of it", []*control.Status{ended(nil)}, []string{"provision-42: running", service + b2 + ": completed"}},
		"two runs": {"each is a workflow of its own", []*control.Status{alone(own(b1)), func() *control.Status { s := alone(own(b1)); s.RunID = "r2"; return s }()}, []string{service[2:] + b1 + ": running", service[2:] + b1 + ": running"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, row := range waitlist.Rows(tt.statuses, now) {
				got = append(got, brief(row))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tt.reason, diff)
			}
		})
	}
}
