package histories_test

import (
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/internal/histories"
	"github.com/awaitop/awaitop/workflows"
)

// The histories that a release has recorded replay with today's code: a deploy does not
// break the waits under way.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	for _, file := range files(t) {
		t.Run(filepath.ToSlash(file), func(t *testing.T) {
			t.Parallel()
			if err := replay(file); err != nil {
				t.Error(err)
			}
		})
	}
}

func files(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "histories", "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded histories: %v", err)
	}
	return files
}

func replay(file string) error {
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
		Interceptors: []interceptor.WorkerInterceptor{workflows.Interceptor()},
	})
	if err != nil {
		return err
	}
	workflows.Register(replayer)
	histories.Register(replayer)
	return replayer.ReplayWorkflowHistoryFromJSONFile(quiet{}, file)
}

// quiet drops what the SDK logs of a replay that fails: its error says the same.
type quiet struct{ log.Logger }

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
