package gosource_test

import (
	"slices"
	"testing"

	"github.com/awaitop/awaitop/internal/gosource"
)

func TestPackage(t *testing.T) {
	t.Parallel()
	module := gosource.NewModule("../..")
	lro, err := module.Package("github.com/awaitop/awaitop/lro")
	if err != nil {
		t.Fatal(err)
	}
	if values := lro.Values("State"); !slices.Equal(values, []string{"running", "succeeded", "failed", "canceled"}) {
		t.Errorf("the states are %q", values)
	}
	for field, reason := range map[string]string{
		"StartTime": "a comment of its own",
		"EndTime":   "the comment above, which names it",
	} {
		f, ok := lro.Types["Outcome"].Field(field)
		if !ok || f.Doc != "StartTime and EndTime enclose the wait, in the Temporal server's clock.\n" || f.Type != "time.Time" {
			t.Errorf("%s (%s) is %+v", field, reason, f)
		}
	}
	if f, ok := lro.Types["Status"].Field("Message"); !ok || f.Doc != "" || f.Tag != `json:"message,omitempty"` {
		t.Errorf("a field without a comment is %+v", f)
	}
	for name, want := range map[string]string{"DefaultCoefficient": "1.3", "DefaultInitialInterval": "1 s", "DefaultMaximumEstimate": "5 min", "SpannerService": ""} {
		if lro.Numbers[name] != want {
			t.Errorf("the number %s is %q, want %q", name, lro.Numbers[name], want)
		}
	}
	if lro.Functions["Outcome.State"] == "" || lro.Functions["ParseRef"] == "" {
		t.Error("the comments of a method and a function are missing")
	}
	if again, err := module.Package("github.com/awaitop/awaitop/lro"); err != nil || again != lro {
		t.Errorf("it is read twice: %v", err)
	}
}

func TestNoPackage(t *testing.T) {
	t.Parallel()
	module := gosource.NewModule("../..")
	for _, path := range []string{"time", "github.com/awaitop/awaitop/none"} {
		if _, err := module.Package(path); err == nil {
			t.Errorf("%s was read", path)
		}
	}
}
