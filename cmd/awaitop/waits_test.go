package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// await starts a wait and returns its workflow id.
func (s *site) await(ref lro.Ref, options workflows.AwaitOptions) string {
	s.t.Helper()
	run, err := workflows.Start(s.t.Context(), s.client, s.queue, ref, options)
	if err != nil {
		s.t.Fatal(err)
	}
	return run.ID
}

// polled waits until a wait has been polled.
func (s *site) polled(workflowID string) control.Wait {
	s.t.Helper()
	var found control.Wait
	eventually(s.t, func() error {
		status, err := control.Describe(s.t.Context(), s.client, workflowID, control.Options{})
		if err == nil && (len(status.Waits) == 0 || status.Waits[0].Polls == 0) {
			err = fmt.Errorf("%+v has not been polled", status)
		}
		if err == nil {
			found = status.Waits[0]
		}
		return err
	})
	return found
}

// embedded is a worker in this process, with workflows that wait inline.
func (s *site) embedded(options sdk.Options) {
	s.t.Helper()
	plugin, err := worker.Plugin(s.t.Context(), worker.Options{Rest: rest.Options{
		WithoutAuthentication: true, Services: []rest.Service{{Name: lro.SpannerService, Endpoint: s.endpoint}},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	options.Plugins = []sdk.Plugin{plugin}
	w := sdk.New(s.client, s.queue, options)
	w.RegisterWorkflow(inline)
	w.RegisterWorkflow(parent)
	w.RegisterWorkflow(makesInstance)
	w.RegisterWorkflow(twice)
	w.RegisterWorkflow(children)
	w.RegisterWorkflow(set)
	if err := w.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(w.Stop)
}

// inline awaits one operation and a set, side by side.
func inline(ctx workflow.Context, refs []lro.Ref, attributes bool) error {
	return workflows.Parallel(ctx,
		func(ctx workflow.Context) error {
			_, err := workflows.Await(ctx, refs[0], workflows.AwaitOptions{SearchAttributes: attributes})
			return err
		},
		func(ctx workflow.Context) error {
			_, err := workflows.AwaitAll(ctx, refs[1:], workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{SearchAttributes: attributes}})
			return err
		})
}

// parent awaits an operation in a child.
func parent(ctx workflow.Context, ref lro.Ref) error {
	return workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{}).Get(ctx, nil)
}

func (s *site) run(id string, w any, args ...any) {
	s.t.Helper()
	_, err := s.client.ExecuteWorkflow(s.t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: s.queue}, w, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = s.client.TerminateWorkflow(context.Background(), id, "", "the test is over") })
}

// backup starts an operation that is at 10% at once: Spanner does not write 0%.
func (s *site) backup(name string) lro.Ref {
	metadata := testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil)
	return s.start(name, testsuite.Script{RunsFor: 5 * time.Minute, Metadata: func(at testsuite.Snapshot) json.RawMessage {
		at.Fraction = max(at.Fraction, 0.1)
		return metadata(at)
	}})
}

// describe and list show an AwaitOperation, inline waits, a set and a child.
func TestDescribeAndList(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{Identity: "the worker"})
	var refs []lro.Ref
	for i := range 4 {
		refs = append(refs, s.backup(fmt.Sprintf("o%d", i)))
	}
	id, child := s.queue+"-inline", s.queue+"-parent"
	s.run(id, inline, refs, true)
	s.run(child, parent, refs[0])
	own := s.await(refs[3], workflows.AwaitOptions{Timeout: time.Hour, SearchAttributes: true})
	for _, waiting := range []string{id, child, own} {
		s.polled(waiting)
	}
	awaitop(t, "describe", refs[3].String()).wants(t, 0, "awaitop.AwaitOperation", "running", "next poll", "deadline", "the worker")
	eventually(t, func() error { // the service leaves a percentage of 0 out, and 1% takes 3 s
		awaitop(t, "poll-now", refs[3].String()).wants(t, 0, "running")
		if described := awaitop(t, "describe", refs[3].String()).out.String(); !strings.Contains(described, "%") {
			return fmt.Errorf("no percentage in:\n%s", described)
		}
		return nil
	})
	eventually(t, func() error { // before its first report, a set does not tell its size
		if described := awaitop(t, "describe", id).out.String(); !strings.Contains(described, "0 of 3") || strings.Contains(described, "0 of 0") {
			return fmt.Errorf("no size of the set in:\n%s", described)
		}
		return nil
	})
	awaitop(t, "describe", id).wants(t, 0, "inline", refs[0].String(), "(set)", "0 of 3")
	awaitop(t, "describe", child).wants(t, 0, "parent", refs[0].String())

	// The list of the server lags behind.
	eventually(t, func() error {
		listed := awaitop(t, "list", "--all").out.String()
		for _, ref := range refs[:1] {
			if !strings.Contains(listed, ref.String()) {
				return fmt.Errorf("no %s in:\n%s", ref, listed)
			}
		}
		if !strings.Contains(listed, "a set of 3 operations") || !strings.Contains(listed, refs[3].String()) {
			return fmt.Errorf("no set, or not %s in:\n%s", refs[3], listed)
		}
		return nil
	})
	var statuses []control.Status
	for token, first := "", true; first || token != ""; first = false { // in pages of one
		args := []string{"list", "-o", "json", "--page-size", "1", "--query", "TaskQueue = '" + s.queue + "'"}
		if token != "" {
			args = append(args, "--page-token", token)
		}
		page := awaitop(t, args...)
		page.wants(t, 0)
		if t.Failed() {
			break // a page that is refused would be asked for without end
		}
		statuses = append(statuses, lines[control.Status](t, page.out.String())...)
		_, rest, _ := strings.Cut(page.err.String(), "--page-token ")
		token, _, _ = strings.Cut(rest, " ")
	}
	if len(statuses) != 3 { // own, inline, the child; its parent carries no attribute
		t.Errorf("%d workflows on the pages, want 3: %+v", len(statuses), statuses)
	}
	_, end, _ := strings.Cut(refs[3].Name, "projects/")
	awaitop(t, "describe", end).wants(t, 0, refs[3].String())
	awaitop(t, "cancel", end).wants(t, 1, "a running wait ends so: "+refs[3].String()) // and is not canceled
	awaitop(t, "describe", end+"x").wants(t, 1, "not found")
	awaitop(t, "list", "--workflow", child).wants(t, 0, refs[0].String())
	awaitop(t, "poll-now", id).wants(t, 1, "no AwaitOperation", "temporal workflow cancel")
	awaitop(t, "set-policy", id, "--maximum-interval", "5s").wants(t, 1, "no AwaitOperation")
}

// The Web UI shows a summary, and details that follow the wait.
func TestWebUI(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.backup("o")
	id := s.await(ref, workflows.AwaitOptions{Timeout: time.Hour, ProgressInterval: 10 * time.Second, SearchAttributes: true, Policy: lro.PollPolicy{InitialInterval: time.Second, MaximumInterval: 3 * time.Second}})
	described, err := s.client.DescribeWorkflow(t.Context(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	runID := described.WorkflowExecution.RunID
	if summary, err := described.GetStaticSummary(); err != nil || summary != "await "+ref.Name {
		t.Errorf("summary %q, %v", summary, err)
	}
	eventually(t, func() error {
		value, err := s.client.QueryWorkflow(t.Context(), id, "", "__temporal_workflow_metadata")
		var metadata sdkpb.WorkflowMetadata
		if err == nil {
			err = value.Get(&metadata)
		}
		for _, want := range []string{"**awaiting** `" + ref.String() + "`", ", deadline ", "% at the last report"} {
			if text := metadata.GetCurrentDetails(); err == nil && !strings.Contains(text, want) {
				err = fmt.Errorf("details %q", text)
			}
		}
		return err
	})
	attributes := func() temporal.SearchAttributes {
		described, err := s.client.DescribeWorkflow(t.Context(), id, runID)
		if err != nil {
			t.Fatal(err)
		}
		return described.TypedSearchAttributes
	}
	if percent, known := attributes().GetInt64(workflows.PercentAttribute); !known || percent < 1 {
		t.Errorf("AwaitopPercent is %d, %v", percent, known)
	}
	if refs, _ := attributes().GetKeywordList(workflows.OperationAttribute); len(refs) != 1 || refs[0] != ref.String() {
		t.Errorf("AwaitopOperation is %q", refs)
	}
	awaitop(t, "cancel", id).wants(t, 0)
	if err := s.client.GetWorkflow(t.Context(), id, runID).Get(t.Context(), nil); !temporal.IsCanceledError(err) {
		t.Fatal(err)
	}
	if state, _ := attributes().GetKeyword(workflows.StateAttribute); state != string(workflows.PhaseEnded) {
		t.Errorf("AwaitopState is %q", state)
	}
}

// An inline wait removes its search attributes at its end.
func TestInlineAttributes(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	var refs []lro.Ref
	for i := range 3 {
		refs = append(refs, s.start(fmt.Sprintf("o%d", i), testsuite.Script{End: testsuite.RunForever()}))
	}
	id := s.queue + "-inline"
	s.run(id, inline, refs, true)
	s.polled(id)
	s.succeed(refs[0])
	eventually(t, func() error { // before the set ends
		described, err := s.client.DescribeWorkflow(t.Context(), id, "")
		if err != nil {
			return err
		}
		names, _ := described.TypedSearchAttributes.GetKeywordList(workflows.OperationAttribute)
		if len(names) == 0 || slices.Contains(names, refs[0].String()) {
			return fmt.Errorf("the attribute is %q", names)
		}
		return nil
	})
	s.succeed(refs[1])
	s.succeed(refs[2])
	if err := s.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var upserts [][]string // what the attribute was, one after the other
	history := s.client.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for history.HasNext() {
		event, err := history.Next()
		if err != nil {
			t.Fatal(err)
		}
		fields := event.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes().GetIndexedFields()
		if payload, set := fields[workflows.OperationAttribute.GetName()]; set {
			var names []string
			if err := converter.GetDefaultDataConverter().FromPayload(payload, &names); err != nil {
				t.Fatal(err)
			}
			upserts = append(upserts, names)
		}
	}
	if len(upserts) != 4 {
		t.Fatalf("attributes %q: want the wait's, the set's too, the set's alone, none", upserts)
	}
	instance := func(ref lro.Ref) string { // what the names of its operations begin with
		before, _, _ := strings.Cut(ref.String(), "/backups/")
		return before
	}
	wait, set1, set2 := refs[0].String(), instance(refs[1]), instance(refs[2])
	want := [][]string{{wait}, {wait, set1, set2}, {set1, set2}, {}}
	if !slices.EqualFunc(upserts, want, slices.Equal[[]string]) {
		t.Errorf("attributes %q, want %q", upserts, want)
	}
}

// list finds AwaitOperations although the namespace has not the search attribute.
func TestListNothing(t *testing.T) {
	t.Parallel()
	awaitop(t, "list", "--query", "WorkflowId = 'there is none'").wants(t, 0, "no waits")
	awaitop(t, "list", "--query", "nonsense").wants(t, 2, `--query "nonsense": invalid query`, "StartTime >")
	awaitop(t, "list", "--type", "NoSuchType", "--query", "WorkflowId = 'there is none'").wants(t, 0, "no running workflow has the type NoSuchType", "no waits")
	awaitop(t, "list", "--page-token", "?").wants(t, 2, "--page-token")
	awaitop(t, "list", "--page-size", "-1").wants(t, 2, "pageSize")
}

func TestDescribeEnded(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	good := s.start("good", testsuite.Script{RunsFor: time.Second, End: testsuite.Succeed(`{"name":"x"}`)})
	bad := s.start("bad", testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeInternal, "it broke")})
	awaitop(t, "await", good.String(), "-t", s.queue).wants(t, 0)
	awaitop(t, "await", bad.String(), "-t", s.queue).wants(t, 3)
	awaitop(t, "describe", good.String()).wants(t, 0, "completed", "succeeded", `{"name":"x"}`)
	awaitop(t, "describe", bad.String()).wants(t, 0, "failed", "INTERNAL: it broke")
	awaitop(t, "describe", "there-is-none").wants(t, 1, "not found", "awaitop list")
}

// describe shows the trouble of a wait.
func TestDescribeTrouble(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{testsuite.PermissionDenied().Calls(2, 0).On(testsuite.MethodGet, testsuite.MethodList)}})
	id := s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: time.Second}, HeartbeatTimeout: 2 * time.Second})
	eventually(t, func() error {
		status, err := control.Describe(t.Context(), s.client, id, control.Options{})
		if err != nil {
			return err
		}
		if len(status.Waits) != 1 || status.Waits[0].LastError == nil || status.Waits[0].BlockedSince.IsZero() {
			return fmt.Errorf("%+v has no trouble", status.Waits)
		}
		return nil
	})
	awaitop(t, "describe", id).wants(t, 0, "PERMISSION_DENIED", "trouble")
}

func TestSteeringCommands(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(time.Second), Metadata: testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil)})
	other := s.start("p", testsuite.Script{End: testsuite.RunForever()})
	for _, ref := range []lro.Ref{ref, other} {
		s.polled(s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{InitialInterval: time.Hour}}))
	}
	awaitop(t, "poll-now", ref.String()).wants(t, 0, "running")
	awaitop(t, "set-policy", ref.String()).wants(t, 2, "--maximum-interval")
	awaitop(t, "set-policy", ref.String(), "-o", "json").wants(t, 2, "nothing to change")
	awaitop(t, "set-policy", ref.String(), "--initial-interval", "1s", "--maximum-interval", "5s", "--ignore-progress").wants(t, 0, "initial interval 1s, coefficient 1.3, maximum interval 5s, progress ignored")
	awaitop(t, "set-policy", ref.String(), "--maximum-interval", "4s").wants(t, 0, "maximum interval 4s, progress ignored")
	awaitop(t, "set-policy", ref.String(), "--maximum-interval", "5s", "--defaults").wants(t, 0, "initial interval by the operation's method", "maximum estimate 5s")
	awaitop(t, "set-policy", ref.String(), "--coefficient", "-1").wants(t, 2, "policy.coefficient")
	awaitop(t, "set-deadline", ref.String(), "--in", "2h").wants(t, 0, "the deadline is")
	awaitop(t, "set-deadline", ref.String(), "--at", "2999-01-01T00:00:00Z").wants(t, 2, "deadline")
	awaitop(t, "set-deadline", ref.String(), "--at", "tomorrow").wants(t, 2, "--at")
	awaitop(t, "set-deadline", ref.String(), "--none").wants(t, 0, "no deadline")
	awaitop(t, "set-deadline", ref.String(), "--none", "--in", "1h").wants(t, 2, "one of")
	awaitop(t, "cancel", ref.String(), "--reason", "the wrong region").wants(t, 0, "delivered")
	awaitop(t, "await", ref.String(), "-t", s.queue) // until it has ended
	awaitop(t, "abandon", other.String(), "--reason", "by hand", "-o", "json").wants(t, 0, `"cancelReason":"by hand"`)
	eventually(t, func() error {
		status, err := control.DescribeRef(t.Context(), s.client, other, control.Options{})
		if err == nil && (status.Outcome == nil || status.Outcome.Cancellation != lro.CancellationAbandoned) {
			err = fmt.Errorf("%+v is not abandoned", status)
		}
		return err
	})
	awaitop(t, "describe", other.String()).wants(t, 0, "abandoned", "by hand")
	awaitop(t, "cancel", other.String()).wants(t, 1, other.String()+" is not running: it ended ", "the wait was abandoned", "by hand")
	awaitop(t, "cancel", "nonesuch").wants(t, 1, "no workflow nonesuch", "awaitop list")
	awaitop(t, "poll-now", "").wants(t, 2, "REF or a workflow id")
}

// children awaits operations in children, and one inline, by which list finds it.
func children(ctx workflow.Context, refs []lro.Ref) error {
	for _, ref := range refs[1:] {
		workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{})
	}
	_, err := workflows.Await(ctx, refs[0], workflows.AwaitOptions{SearchAttributes: true})
	return err
}

// The request rate of list holds for children too.
func TestListLoad(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	var refs []lro.Ref
	for i := range 21 {
		refs = append(refs, s.start(fmt.Sprintf("o%d", i), testsuite.Script{RunsFor: 5 * time.Minute}))
	}
	id := s.queue + "-children"
	s.run(id, children, refs)
	eventually(t, func() error {
		status, err := control.Describe(t.Context(), s.client, id, control.Options{WithoutQuery: true})
		if err == nil && len(status.Waits) < len(refs) {
			err = fmt.Errorf("%d waits", len(status.Waits))
		}
		return err
	})
	var requests atomic.Int32
	counted := counting(t, &requests)
	began := time.Now()
	page, err := control.List(t.Context(), counted, control.ListOptions{Query: "WorkflowId = '" + id + "'", RequestsPerSecond: 10})
	if err != nil || len(page.Statuses) != 1 || len(page.Statuses[0].Waits) != len(refs) {
		t.Fatalf("%v, %+v", err, page)
	}
	if perSecond := float64(requests.Load()-2) / time.Since(began).Seconds(); perSecond > 11 {
		t.Errorf("%d requests, %.1f a second, want 10", requests.Load(), perSecond)
	}
}

// describe shows why a workflow failed: the failure of its inline wait, or an error of its own.
func TestDescribeFailed(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	refs := []lro.Ref{
		s.start("o0", testsuite.Script{End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}),
		s.start("o1", testsuite.Script{}),
	}
	failed, undecoded := s.queue+"-failed", s.queue+"-undecoded"
	s.run(failed, inline, refs, false)
	s.run(undecoded, "parent", "no ref") // by name: the SDK checks a function's types
	for _, id := range []string{failed, undecoded} {
		if err := s.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err == nil {
			t.Fatalf("%s has not failed", id)
		}
	}
	awaitop(t, "describe", failed).wants(t, 0, "inline", "failed", "FAILED_PRECONDITION: duplicate key", refs[0].String())
	awaitop(t, "describe", failed, "-o", "json").wants(t, 0, `"type":"OperationFailed`, `"code":"FAILED_PRECONDITION"`)
	awaitop(t, "describe", undecoded).wants(t, 0, "failed", "want //SERVICE/NAME")
}

// describe shows the operation that a terminated wait left.
func TestDescribeTerminated(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	id := s.await(ref, workflows.AwaitOptions{})
	s.polled(id)
	follower := start(t, "await", ref.String(), "-t", s.queue, "-o", "json")
	follower.until(t, "attached")
	if err := s.client.TerminateWorkflow(t.Context(), id, "", "by hand"); err != nil {
		t.Fatal(err)
	}
	follower.wait(t).wants(t, 1, `"failure":{"type":"Terminated","code":"UNKNOWN"`, `"ref":"`+ref.String())
	awaitop(t, "describe", id).wants(t, 0, "terminated: no cancel was sent", "awaiting, left", ref.String())
}
