package cli

import (
	"reflect"
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// withoutFlag are the options that `awaitop await` does not take, and why.
var withoutFlag = map[string]string{
	"EndMargin": "it is for workflows with an execution or run timeout, and the command's has none",
	"Operation": "it is the reply to a start, which the command does not make",
}

// Each option of a wait has a flag.
func TestAwaitFlags(t *testing.T) {
	t.Parallel()
	cmd := (&command{}).await()
	for _, options := range []any{workflows.AwaitOptions{}, lro.PollPolicy{}} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(options)) {
			if field.Name == "Policy" { // whose fields have flags
				continue
			}
			flag := cmd.Flags().Lookup(flagName(jsonName(field.Name)))
			if _, excepted := withoutFlag[field.Name]; (flag == nil) != excepted {
				t.Errorf("%s: the flag is %v, and that it has none is stated: %v", field.Name, flag, excepted)
			}
		}
	}
}

// jsonName is the name of an option in JSON: CancelGrace is cancelGrace.
func jsonName(field string) string { return string(field[0]+'a'-'A') + field[1:] }

// The command line's task queue goes before the configuration's, and that before the default.
func TestChooseQueue(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ reason, flag, config, want string }{
		"flag":          {"it is the most particular", "orders", "taskQueue: billing", "orders"},
		"configuration": {"its workers serve it", "", "taskQueue: billing", "billing"},
		"neither":       {"as the worker", "", "", "awaitop"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &awaiting{command: &command{naming: naming{path: written(t, tt.config)}}, taskQueue: tt.flag}
			if err := a.chooseQueue(&a.taskQueue); err != nil || a.taskQueue != tt.want {
				t.Errorf("%s: %q, %v, want %q", tt.reason, a.taskQueue, err, tt.want)
			}
		})
	}
}
