package main_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

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
