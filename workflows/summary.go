package workflows

import (
	"strings"
	"time"
	"unicode/utf8"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// maxSummary bounds what the Web UI shows beside a workflow or an activity, in
// bytes: half of the server's limit of 400.
const maxSummary = 200

// summary is the text, shortened to maxSummary.
func summary(text string) string {
	if len(text) <= maxSummary {
		return text
	}
	n := maxSummary - len("...")
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "..."
}

// summaryOf names an action and its operation. It keeps the end of a long name, which tells
// most.
func summaryOf(verb string, ref lro.Ref) string {
	text := verb + " " + ref.Name
	if len(text) <= maxSummary {
		return text
	}
	return verb + " ..." + tail(ref.Name, maxSummary-len(verb)-len(" ..."))
}

// sleep is workflow.Sleep, with a summary.
func sleep(ctx workflow.Context, d time.Duration, why string) error {
	return workflow.NewTimerWithOptions(ctx, d, workflow.TimerOptions{Summary: summary(why)}).Get(ctx, nil)
}

// tail is the end of text, of at most n bytes.
func tail(text string, n int) string {
	return strings.ToValidUTF8(text[len(text)-n:], "")
}
