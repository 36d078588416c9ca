package testsuite

import (
	"strings"
	"sync"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	sdk "go.temporal.io/sdk/testsuite"
)

const (
	// lastAttempt is the last one that the SDK's environment makes of an activity whose
	// retry policy has no limit.
	lastAttempt = 10
	// ownPrefix starts the names of awaitop's activities, which have no limit.
	ownPrefix = "awaitop."
)

// SetOnActivityCompletedListener is that of the SDK's environment. An Env logs all the same
// that an activity of the test's own has failed with its tenth attempt.
func (e *Env) SetOnActivityCompletedListener(listener func(info *activity.Info, result converter.EncodedValue, err error)) *sdk.TestWorkflowEnvironment {
	return e.TestWorkflowEnvironment.SetOnActivityCompletedListener(func(info *activity.Info, result converter.EncodedValue, err error) {
		name := info.ActivityType.Name
		if err != nil && info.Attempt == lastAttempt && !strings.HasPrefix(name, ownPrefix) && !e.own.has(name) {
			e.t.Logf("testsuite: activity %s has failed with attempt %d, the last one in Temporal's test environment if its retry policy has no limit", name, lastAttempt)
		}
		if listener != nil {
			listener(info, result, err)
		}
	})
}

// ownStarters are the names of starters of the test's own. Activities of the environment run in goroutines.
type ownStarters struct {
	mu    sync.Mutex
	names map[string]bool
}

func (o *ownStarters) add(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.names[name] = true
}

func (o *ownStarters) has(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.names[name]
}
