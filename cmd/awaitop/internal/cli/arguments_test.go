package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
)

// A wrong number of arguments names the one that is too much, and what the usage line wants.
func TestArguments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		use    string
		names  []string
		args   []string
		want   string
	}{
		"none wanted": {"a flag without dashes, say", "list", nil, []string{"trouble"}, "unexpected argument \"trouble\", want none; see `list --help`"},
		"missing":     {"as the usage line has it", "cancel REF|WORKFLOW-ID", []string{"REF"}, nil, "no argument, want REF|WORKFLOW-ID; see `cancel --help`"},
		"two":         {"a reason without its flag, say", "cancel REF|WORKFLOW-ID", []string{"REF"}, []string{"w", "late"}, "unexpected argument \"late\", want one: REF|WORKFLOW-ID; see `cancel --help`"},
		"flags":       {"the usage line goes on", "set-deadline REF|WORKFLOW-ID --in DURATION", []string{"REF"}, nil, "no argument, want REF|WORKFLOW-ID; see `set-deadline --help`"},
		"right":       {"one is wanted", "cancel REF|WORKFLOW-ID", []string{"REF"}, []string{"w"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := exactly(tt.names...)(&cobra.Command{Use: tt.use}, tt.args); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// A filter that the server refuses is a wrong command line.
func TestQueryError(t *testing.T) {
	t.Parallel()
	refused := serviceerror.NewInvalidArgument("invalid query: incomplete expression")
	tests := map[string]struct {
		reason string
		query  string
		err    error
		status int
		says   string
	}{
		"query":  {"the filter and one that works", "foo", refused, ExitUsage, `--query "foo": invalid query: incomplete expression; want a list filter such as --query "StartTime > `},
		"none":   {"another fault", "", refused, ExitTrouble, "invalid query"},
		"others": {"the filter is not the cause", "foo", errors.New("no server"), ExitTrouble, "no server"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &listing{}
			l.options.Query = tt.query
			err := l.queryError(tt.err)
			if got := exitStatus(err); got != tt.status || !strings.HasPrefix(err.Error(), tt.says) {
				t.Errorf("%s: %d, %v, want %d, %q", tt.reason, got, err, tt.status, tt.says)
			}
		})
	}
}
