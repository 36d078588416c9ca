package testsuite_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// filterStage has three operations: running, failed and restored.
func filterStage(t *testing.T) *testsuite.Service {
	t.Helper()
	clock := testsuite.NewManualClock(epoch)
	service := testsuite.ForTest(t, testsuite.Options{Clock: clock})
	service.MustStart(database+"/operations/running", testsuite.Script{RunsFor: 4 * time.Hour})
	clock.Advance(time.Hour)
	service.MustStart(database+"/operations/failed", testsuite.Script{EndPercent: 50, End: testsuite.Fail(lro.CodeAborted, "no")})
	service.MustStart(database+"/operations/restored", testsuite.Script{
		Metadata: testsuite.ProgressMetadata("google.spanner.admin.database.v1.RestoreDatabaseMetadata", map[string]any{
			"sourceType": "BACKUP", "backupInfo": map[string]any{"backup": "projects/p/instances/i/backups/howl"}, "note": `a "b" (c)`,
		}),
	})
	return service
}

func TestFilter(t *testing.T) {
	t.Parallel()
	const restore = "metadata.@type:type.googleapis.com/google.spanner.admin.database.v1.RestoreDatabaseMetadata"
	rows := []struct {
		name, reason string
		filter       string
		want         string
	}{
		{"empty", "no filter is every operation", "  ", "restored failed running"},
		{"done", "a boolean", "done:true", "restored failed"},
		{"not done", "absent is false", "done:false", "running"},
		{"done =", "the same by equality", "done=true", "restored failed"},
		{"not done !=", "the same by inequality", "done!=true", "running"},
		{"name", "contains", "name:" + "est", "restored"},
		{"type", "a value with colons, dots and slashes", restore, "restored"},
		{"type in parentheses", "as Spanner documents it", "(" + restore + ") AND (name:" + database + ")", "restored"},
		{"presence", "a star", "error:*", "failed"},
		{"no presence", "NOT", "NOT error:*", "restored running"},
		{"or", "either", "error:* OR done:false", "failed running"},
		{"juxtaposition", "is AND", "(done:true) (error:*)", "failed"},
		{"precedence", "AND binds first", "done:false OR done:true AND error:*", "failed running"},
		{"parentheses", "bind before both", "(done:false OR done:true) and not error:*", "restored running"},
		{"snake case", "field names as in the proto", "metadata.source_type=BACKUP", "restored"},
		{"deep", "a field of a field", "metadata.backup_info.backup:howl", "restored"},
		{"number", "compared as one", "metadata.progress.progress_percent<100", "failed running"},
		{"number >=", "compared as one", "metadata.progress.progress_percent>=100.0", "restored"},
		{"time", "compared as one, with a zone", `metadata.progress.start_time < "2026-03-01T12:30:00+00:00"`, "running"},
		{"time >", "compared as one", `metadata.progress.start_time > "2026-03-01T12:30:00Z"`, "restored failed"},
		{"time <=", "compared as one", `metadata.progress.start_time <= 2026-03-01T12:00:00Z`, "running"},
		{"quoted", "with quotes and parentheses inside", `metadata.note = "a \"b\" (c)"`, "restored"},
		{"absent", "is less than nothing", "metadata.nothing < 1 OR metadata.nothing > 1", ""},
		{"whole object", "as its JSON", `metadata.backupInfo:"howl"`, "restored"},
		{"error: no value", "refused", "done:", "permanent"},
		{"error: no operator", "refused", "done true", "permanent"},
		{"error: open", "refused", "(done:true", "permanent"},
		{"error: closed", "refused", "done:true)", "permanent"},
		{"error: dangling", "refused", "done:true AND", "permanent"},
		{"open quote", "is text like any other", `name:"`, ""},
		{"error: lone", "refused", "!", "permanent"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			page, err := filterStage(t).ListOperations(t.Context(), lro.ListRequest{
				Collection: lro.Collection{Service: lro.SpannerService, Name: database + "/operations"}, Filter: row.filter,
			})
			got := class(err)
			if err == nil {
				got = lastSegments(page.Operations)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", row.filter, row.reason, diff)
			}
		})
	}
}

func lastSegments(operations []lro.Operation) string {
	var names []string
	for _, op := range operations {
		names = append(names, op.Name[strings.LastIndexByte(op.Name, '/')+1:])
	}
	return strings.Join(names, " ")
}

func TestFilterOnResources(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{})
	for _, id := range []string{"a", "b", "c"} {
		if err := s.service.Put("projects/p/instances/"+id, map[string]any{"labels": map[string]any{"key": id}}); err != nil {
			t.Fatal(err)
		}
	}
	got := s.do("GET", "projects/p/instances?filter=labels.key:b", "")
	want := `200 {"instances":[{"createTime":"2026-03-01T12:00:00Z","labels":{"key":"b"},"name":"projects/p/instances/b","state":"READY"}]}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list by label (-want +got):\n%s", diff)
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"", "done:true", `(a.b = "c") AND NOT d:* OR (e<1)`, `"`, `a:"\`, "((((", "a=b)c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		service := filterStage(t)
		ask := lro.ListRequest{Collection: lro.Collection{Service: lro.SpannerService, Name: database + "/operations"}, Filter: text}
		page, err := service.ListOperations(t.Context(), ask)
		if err != nil && lro.Classify(err) != lro.ClassPermanent {
			t.Errorf("filter %q: %v, want an answer or a refusal", text, err)
		}
		if len(page.Operations) > 3 {
			t.Errorf("filter %q finds %d operations of 3", text, len(page.Operations))
		}
	})
}

// A list moves on only the scripts of the operations it shows.
func TestListReadsWhatItShows(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{Polls: 1}, testsuite.Options{})
	s.service.MustStart(database+"/operations/shown", testsuite.Script{Polls: 1})
	ask := lro.ListRequest{Collection: lro.Collection{Service: lro.SpannerService, Name: database + "/operations"}, Filter: "name:shown"}
	var got []string
	for range 2 {
		page, err := s.service.ListOperations(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(page.Operations[0].State()))
	}
	got = append(got, s.look(), s.look())
	if diff := cmp.Diff([]string{"succeeded", "running", "succeeded"}, got[1:]); diff != "" {
		t.Errorf("the shown one's second read, then the other's two (-want +got):\n%s", diff)
	}
}
