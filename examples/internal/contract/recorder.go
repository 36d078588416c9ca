package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/grpc"
)

// Recorder validates each payload of awaitop's that passes between programs and a Temporal server: what clients start,
// ask and update, and what workers take and answer. It is safe for concurrent use, by any number of clients.
type Recorder struct {
	document *Document
	services map[Service]map[string]Operation

	mu       sync.Mutex
	tasks    map[string]string // activity or workflow types by task token
	updates  map[string]string // names of updates by their ids
	seen     map[Kind]int
	problems map[string]bool
}

// Kind is a kind of payload.
type Kind struct {
	// Role is what the payload is, such as "activity input".
	Role string
	// Of is the payload's definition. For a failure it is its type, for a memo its field.
	Of string
}

// The roles of payloads.
const (
	workflowInput  = "workflow input"
	workflowOutput = "workflow output"
	canceledDetail = "detail of a canceled workflow"
	nexusInput     = "Nexus input"
	nexusOutput    = "Nexus output"
	updateInput    = "update input"
	updateOutput   = "update output"
	queryOutput    = "query output"
	activityInput  = "activity input"
	activityOutput = "activity output"
	heartbeat      = "heartbeat"
	failureDetail  = "failure"
	memoField      = "memo"
)

// NewRecorder returns a recorder by an exact document.
func NewRecorder(d *Document) *Recorder {
	r := &Recorder{
		document: d, services: map[Service]map[string]Operation{},
		tasks: map[string]string{}, updates: map[string]string{}, seen: map[Kind]int{}, problems: map[string]bool{},
	}
	for _, service := range []Service{Workflows, Nexus, Updates, Queries, Activities} {
		r.services[service] = d.Operations(service)
	}
	return r
}

// Intercept is for grpc.WithChainUnaryInterceptor, among the ConnectionOptions of a client.
func (r *Recorder) Intercept(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	r.request(request)
	err := invoke(ctx, method, request, reply, connection, options...)
	if err == nil {
		r.reply(request, reply)
	}
	return err
}

// Problems are what did not fit the document, sorted. At most one for each cause.
func (r *Recorder) Problems() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.problems))
}

// Seen counts the payloads by kind.
func (r *Recorder) Seen() map[Kind]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.seen)
}

// Unseen are the kinds that the document has and the recorder has not seen, sorted.
func (r *Recorder) Unseen() (kinds []Kind) {
	seen := r.Seen()
	for kind := range r.expected() {
		if seen[kind] == 0 {
			kinds = append(kinds, kind)
		}
	}
	slices.SortFunc(kinds, func(a, b Kind) int { return strings.Compare(a.Role+a.Of, b.Role+b.Of) })
	return kinds
}

// expected are the kinds that the document has.
func (r *Recorder) expected() map[Kind]bool {
	kinds := map[Kind]bool{}
	add := func(role string, places ...string) {
		for _, place := range places {
			if place != "" {
				kinds[Kind{role, nameOf(place)}] = true
			}
		}
	}
	for _, o := range r.services[Workflows] {
		add(workflowInput, o.Input, o.WorkerInput)
		add(workflowOutput, o.Output)
		add(canceledDetail, o.Canceled)
	}
	for _, o := range r.services[Nexus] {
		add(nexusInput, o.Input)
		add(nexusOutput, o.Output)
	}
	for _, o := range r.services[Updates] {
		add(updateInput, o.Input)
		add(updateOutput, o.Output)
	}
	for _, o := range r.services[Queries] {
		add(queryOutput, o.Output)
	}
	for _, o := range r.services[Activities] {
		add(activityInput, o.Input)
		add(activityOutput, o.Output)
		add(heartbeat, o.Heartbeats...)
		for _, failure := range o.Failures {
			kinds[Kind{failureDetail, failure}] = true
		}
	}
	for _, failure := range r.document.FailureTypes() {
		kinds[Kind{failureDetail, failure}] = true
	}
	for _, field := range r.document.MemoFields() {
		kinds[Kind{memoField, field}] = true
	}
	return kinds
}

func nameOf(place string) string { return strings.TrimPrefix(place, "#/$defs/") }

// check validates a payload against the places that it may be of, and counts it.
func (r *Recorder) check(role, name string, payload *commonpb.Payload, places ...string) {
	raw, ok := jsonOf(payload)
	if !ok {
		return
	}
	var errs []string
	for _, place := range places {
		err := r.document.Validate(place, raw)
		if err == nil {
			r.count(Kind{role, nameOf(place)})
			return
		}
		errs = append(errs, err.Error())
	}
	r.report("%s of %s: %s\n%s", role, name, strings.Join(errs, "\n"), shortened(raw))
}

func (r *Recorder) count(kind Kind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[kind]++
}

func (r *Recorder) report(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text := fmt.Sprintf(format, args...); len(r.problems) < 20 {
		r.problems[text] = true
	}
}

// jsonOf is the JSON of a payload. ok is false for one without a value, and for one that a codec has encoded.
func jsonOf(payload *commonpb.Payload) (raw []byte, ok bool) {
	return payload.GetData(), string(payload.GetMetadata()["encoding"]) == "json/plain" && json.Valid(payload.GetData())
}

// first is the first of payloads, nil for none.
func first(payloads *commonpb.Payloads) *commonpb.Payload {
	if len(payloads.GetPayloads()) == 0 {
		return nil
	}
	return payloads.GetPayloads()[0]
}

func shortened(raw []byte) []byte { return raw[:min(len(raw), 500)] }

// taken remembers the type of a task.
func (r *Recorder) taken(token []byte, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tasks[string(token)] = name
}

// typeOf is the type of a task that was taken, "" for another.
func (r *Recorder) typeOf(token []byte) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tasks[string(token)]
}
