package testsuite_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

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
		s.service.Put("projects/p/instances/"+id, map[string]any{"labels": map[string]any{"key": id}})
	}
	got := s.do("GET", "projects/p/instances?filter=labels.key:b", "")
	want := `200 {"instances":[{"createTime":"2026-03-01T12:00:00Z","labels":{"key":"b"},"name":"projects/p/instances/b","state":"READY"}]}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list by label (-want +got):\n%s", diff)
	}
}

// A list moves on only the scripts of the operations it shows.
func TestListReadsWhatItShows(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{Polls: 1}, testsuite.Options{})
	s.service.Start(database+"/operations/shown", testsuite.Script{Polls: 1})
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
