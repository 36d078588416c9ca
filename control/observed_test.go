package control

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// What a poll now has read counts if it is newer than the poll's heartbeat.
func TestObserve(t *testing.T) {
	t.Parallel()
	trouble := &lro.Status{Code: lro.CodePermissionDenied, Message: "no"}
	held := Wait{
		Ref: ref, Progress: lro.Progress{Known: true, Percent: 9}, Message: "running, 9%", LastPoll: start.Add(time.Minute),
		NextPoll: start.Add(3 * time.Minute), Polls: 3, LastError: trouble, BlockedSince: start,
	}
	newer := held
	newer.Progress, newer.Message, newer.LastPoll = lro.Progress{Known: true, Percent: 17}, "running, 17%", start.Add(2*time.Minute)
	newer.LastError, newer.BlockedSince = nil, time.Time{}
	began := start.Add(90 * time.Second)
	fresh := Wait{Ref: ref}
	later := Wait{Ref: ref, Progress: lro.Progress{Known: true, Percent: 17}, LastPoll: start.Add(2 * time.Minute), Message: "running, 17%"}
	rows := map[string]struct {
		reason string
		wait   Wait
		began  time.Time
		read   *workflows.Observed
		want   Wait
	}{
		"none":          {"no poll now was made", held, began, nil, held},
		"newer":         {"its read has succeeded, too", held, began, &workflows.Observed{Time: start.Add(2 * time.Minute), Progress: lro.Progress{Known: true, Percent: 17}}, newer},
		"older":         {"the poll has read since", held, began, &workflows.Observed{Time: start, Progress: lro.Progress{Known: true, Percent: 5}}, held},
		"silent":        {"it was read since the poll began", fresh, began, &workflows.Observed{Time: start.Add(2 * time.Minute), Progress: lro.Progress{Known: true, Percent: 17}}, later},
		"silent, older": {"the poll before may have read since", fresh, began, &workflows.Observed{Time: start.Add(time.Minute), Progress: lro.Progress{Known: true, Percent: 5}}, fresh},
		"silent, again": {"a later attempt does not tell when the poll began", fresh, time.Time{}, &workflows.Observed{Time: start.Add(time.Minute), Progress: lro.Progress{Known: true, Percent: 5}}, fresh},
		"same time":     {"the poll's record tells more", held, began, &workflows.Observed{Time: start.Add(time.Minute), Progress: lro.Progress{Known: true, Percent: 9}}, held},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := row.wait
			got.observe(row.read, row.began)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestObservedIn(t *testing.T) {
	t.Parallel()
	memo := func(key string, value any) *commonpb.Memo {
		payload, err := converter.GetDefaultDataConverter().ToPayload(value)
		if err != nil {
			t.Fatal(err)
		}
		return &commonpb.Memo{Fields: map[string]*commonpb.Payload{key: payload}}
	}
	read := workflows.Observed{Time: start, Progress: lro.Progress{Known: true, Percent: 17}}
	rows := map[string]struct {
		reason string
		memo   *commonpb.Memo
		want   *workflows.Observed
	}{
		"none":    {"the workflow has no memo", nil, nil},
		"another": {"the caller's own", memo("owner", "me"), nil},
		"read":    {"what the workflow has written", memo(workflows.ObservedMemo, read), &read},
		"text":    {"such as without the codec", memo(workflows.ObservedMemo, "x"), nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(row.want, observedIn(row.memo, converter.GetDefaultDataConverter())); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}
