package monitoring

import (
	"encoding/json"
	"flag"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

var update = flag.Bool("update", false, "rewrite metrics.txt")

// dashboard is what is checked of the Grafana dashboard.
type dashboard struct {
	Title  string `json:"title"`
	Panels []struct {
		ID      int    `json:"id"`
		Title   string `json:"title"`
		GridPos struct{ X, Y, W, H int }
		Targets []struct {
			Expr string `json:"expr"`
		} `json:"targets"`
	} `json:"panels"`
	Templating struct {
		List []struct {
			Name       string `json:"name"`
			Definition string `json:"definition"`
		} `json:"list"`
	} `json:"templating"`
}

// expressions are those of the rules and of the dashboard, by where they stand.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	groups, errs := rulefmt.ParseFile("alerts.yaml", false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, err := range errs {
		t.Error(err)
	}
	if groups == nil {
		t.FailNow()
	}
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			all["rule "+rule.Alert] = rule.Expr
			if rule.Annotations["summary"] == "" || !strings.HasPrefix(rule.Annotations["runbook"], "docs/") || rule.Labels["severity"] == "" {
				t.Errorf("rule %s lacks a summary, a runbook or a severity", rule.Alert)
			}
		}
	}
	for _, panel := range readDashboard(t).Panels {
		if len(panel.Targets) == 0 {
			t.Errorf("panel %q shows nothing", panel.Title)
		}
		for i, target := range panel.Targets {
			all["panel "+panel.Title+" "+string(rune('A'+i))] = strings.ReplaceAll(target.Expr, "$service", ".*")
		}
	}
	return all
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	raw, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// Everything parses, and metrics.txt names the metrics that are read: the end-to-end
// tests of the binary look for each of them at a real worker.
func TestExpressions(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	p := parser.NewParser(parser.Options{})
	for where, expression := range expressions(t) {
		parsed, err := p.ParseExpr(expression)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
			if selector, ok := node.(*parser.VectorSelector); ok {
				names[selector.Name] = true
			}
			return nil
		})
	}
	got := strings.Join(slices.Sorted(maps.Keys(names)), "\n") + "\n"
	if *update {
		if err := os.WriteFile("metrics.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("metrics.txt is not current; run with -update (-file +read):\n%s", diff)
	}
}

// TestRunbooks wants each section that a rule names as its runbook to be there.
func TestRunbooks(t *testing.T) {
	t.Parallel()
	groups, errs := rulefmt.ParseFile("alerts.yaml", false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			document, section, _ := strings.Cut(rule.Annotations["runbook"], "#")
			if !sections(t, document)[section] {
				t.Errorf("rule %s names the section %q, which %s does not have", rule.Alert, section, document)
			}
		}
	}
}

// sections are the anchors of a document's headings.
func sections(t *testing.T, document string) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(document)))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		if heading, ok := strings.CutPrefix(strings.TrimSpace(line), "#"); ok {
			found[strings.ReplaceAll(strings.ToLower(strings.TrimLeft(heading, "# ")), " ", "-")] = true
		}
	}
	return found
}

// Panels do not lie on one another, and have ids of their own.
func TestDashboardLayout(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	ids, places := map[int]bool{}, map[[2]int]string{}
	for _, panel := range d.Panels {
		if ids[panel.ID] {
			t.Errorf("two panels have the id %d", panel.ID)
		}
		ids[panel.ID] = true
		for x := panel.GridPos.X; x < panel.GridPos.X+panel.GridPos.W; x++ {
			for y := panel.GridPos.Y; y < panel.GridPos.Y+panel.GridPos.H; y++ {
				if other := places[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%q lies on %q", panel.Title, other)
				}
				places[[2]int{x, y}] = panel.Title
			}
		}
	}
	if d.Title == "" || len(d.Templating.List) == 0 {
		t.Error("no title, or no variables")
	}
}
