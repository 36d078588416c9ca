package trials

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// Result is how a run has ended.
type Result string

// The results.
const (
	Succeeded Result = "succeeded"
	Failed    Result = "failed"
	Canceled  Result = "canceled"
)

// Report is how a run has ended, and what there was on the servers afterwards. The report of an example embeds it.
type Report struct {
	// OK is true if the run ended as the flags asked, and nothing is left that should not be.
	OK      bool    `json:"ok"`
	Result  Result  `json:"result"`
	Type    string  `json:"type,omitempty"` // of the failure, as lro has it
	Code    string  `json:"code,omitempty"`
	Error   string  `json:"error,omitempty"`
	Seconds float64 `json:"seconds"`
	// Exists is what there was on the servers at the end.
	Exists []string `json:"exists"`
	// NotUndone is what the workflow says it could not undo.
	NotUndone []string `json:"not_undone,omitempty"`
}

// NewReport reports the end of a workflow by its error. OK is for the example to set.
func NewReport(err error, took time.Duration, exists []string) Report {
	r := Report{Result: Succeeded, Seconds: took.Round(time.Millisecond).Seconds(), Exists: append([]string{}, exists...)}
	switch {
	case err == nil:
		return r
	case temporal.IsCanceledError(err):
		r.Result = Canceled
	default:
		r.Result, r.Error = Failed, err.Error()
	}
	f, ok := lro.AsFailure(err)
	if ok {
		r.Type, r.Code, r.Error = string(f.Type), f.Code().String(), lro.CauseOf(err).Message
	}
	if f.Type == lro.TypeCompensationFailed {
		r.NotUndone = f.Resources
	}
	return r
}

// WriteEnd prints for people how the run ended.
func (r Report) WriteEnd(w io.Writer) {
	fmt.Fprintf(w, "ended:    %s after %.1f s\n", r.Result, r.Seconds)
	if r.Error != "" {
		fmt.Fprintf(w, "          %s\n", r.Error)
	}
}

// WriteLeft prints for people what is there, with a remark about it if that is not "", and whether all is as it should be.
func (r Report) WriteLeft(w io.Writer, remark string) {
	for _, name := range r.NotUndone {
		fmt.Fprintf(w, "not undone: %s\n", name)
	}
	if len(r.Exists) == 0 {
		fmt.Fprintln(w, "exists:   nothing")
	}
	for _, name := range r.Exists {
		fmt.Fprintf(w, "exists:   %s\n", name)
	}
	if remark != "" {
		fmt.Fprintf(w, "          %s\n", remark)
	}
	fmt.Fprintf(w, "as it should: %t\n", r.OK)
}

// Print prints the report of an example to standard output: as one JSON object, or for people as write does.
func (f Flags) Print(report any, write func(io.Writer)) {
	if !f.JSON {
		write(os.Stdout)
		return
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(report)
}
