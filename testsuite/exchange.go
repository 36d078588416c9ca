package testsuite

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// request is a call in the form that memory and HTTP share.
type request struct {
	method Method
	name   string     // the resource, operation or collection
	args   url.Values // of a list or wait, or of a start that has some in its URL
	body   []byte

	route            *startRoute   // of the catalog; nil for any other call
	form             catalog.Shape // of the reply; "" is the standard one
	unknownParameter string        // of the URL, which the service refuses
	timeoutInURL     bool          // it is a wait whose timeout is a parameter
}

// decode reads the body of a request. It has the types of its message, because
// actOnBody has read it as that message.
func (r request) decode(into any) {
	if err := json.Unmarshal(r.body, into); err != nil {
		panic(fmt.Sprintf("testsuite: %s: %v", r.method, err))
	}
}

// serve answers a request: it records it, disturbs it and acts on it. The error
// is ctx's own, if that was done before there was an answer.
func (s *Service) serve(ctx context.Context, r request) (reply, error) {
	call, disturbance := s.arrive(r.method, r.name)
	answer, err := s.answer(ctx, r, disturbance)
	if err != nil {
		s.leave(call, reply{status: &lro.Status{Code: lro.CodeCanceled}})
		return reply{}, err
	}
	s.leave(call, answer)
	return answer, nil
}

// answer acts before the delay only if the reply is to be lost. So a caller that
// gives up has started, canceled or deleted all the same.
func (s *Service) answer(ctx context.Context, r request, d disturbance) (reply, error) {
	instead := d.effect.reply
	if r.method == MethodWait && instead == nil {
		if err := s.sleepThrough(ctx, r, d); err != nil {
			return reply{}, err
		}
	}
	if instead != nil && d.effect.acts {
		s.act(r)
	}
	if err := s.clock.Sleep(ctx, d.delay); err != nil {
		return reply{}, err
	}
	var answer reply
	if instead != nil {
		answer = *instead
	} else {
		answer = r.inForm(s.act(r))
	}
	answer.retryAfter = d.retryAfter
	answer.cut = answer.cut || d.effect.cut && !answer.drop
	return answer, nil
}

// act does what the method does, undisturbed.
func (s *Service) act(r request) reply {
	if r.unknownParameter != "" {
		return failed(lro.CodeInvalidArgument, "unknown name "+strconv.Quote(r.unknownParameter)+": cannot bind query parameter")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.route != nil {
		return r.route.act(s, r)
	}
	if answer, ok := s.actOnOperation(r); ok {
		return answer
	}
	return s.actOnResource(r)
}

func (s *Service) actOnOperation(r request) (reply, bool) {
	switch r.method {
	case MethodGet, MethodWait: // whose wait is over
		return s.get(r.name), true
	case MethodCancel:
		return s.cancel(r.name), true
	case MethodDelete:
		return s.delete(r.name), true
	case MethodList:
		return s.list(r), true
	case unknown:
		return notFound("method", r.name), true
	default:
		return reply{}, false
	}
}

// get looks twice: the read can end the operation, and the end can be that the
// operation vanishes.
func (s *Service) get(name string) reply {
	now := s.clock.Now()
	op := s.operations[name]
	if op == nil {
		return notFound("Operation", name)
	}
	op.gets++
	if !op.visible(now) {
		return notFound("Operation", name)
	}
	op.read(now)
	if !op.visible(now) { // this read was its last
		return notFound("Operation", name)
	}
	return show(op, now)
}

// cancel answers an empty message, which says nothing about the operation.
func (s *Service) cancel(name string) reply {
	now := s.clock.Now()
	op := s.operations[name]
	if op == nil || !op.visible(now) {
		return notFound("Operation", name)
	}
	if refusal := op.cancel(now); refusal != nil {
		return reply{status: refusal}
	}
	op.wake()
	return empty
}

// delete removes the record only. The operation runs on, and Running returns it.
func (s *Service) delete(name string) reply {
	op := s.operations[name]
	if op == nil || !op.visible(s.clock.Now()) {
		return notFound("Operation", name)
	}
	if strings.Contains(op.name, "/databases/") && op.method != "" { // Spanner deletes no operations on databases
		return failed(lro.CodeUnimplemented, "the operation cannot be deleted")
	}
	op.deleted = true
	op.wake()
	return empty
}
