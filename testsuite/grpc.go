package testsuite

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"google.golang.org/protobuf/proto"

	"github.com/awaitop/awaitop/lro"
)

// grpcContent is the content type of gRPC, and how it begins.
const grpcContent = "application/grpc"

// grpcService stands before a method's name in the path of a request.
const grpcService = "/google.longrunning.Operations/"

func isGRPC(r *http.Request) bool {
	return r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), grpcContent)
}

// serveGRPC answers a request of gRPC: those of google.longrunning.Operations.
func (s *Service) serveGRPC(w http.ResponseWriter, r *http.Request) {
	frame, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return // the client is gone
	}
	ask, refusal := s.grpcRequest(r.URL.Path, frame)
	answer, err := s.serve(r.Context(), ask)
	if err != nil {
		panic(http.ErrAbortHandler) // the client has given up
	}
	if refusal != nil {
		answer = reply{status: refusal}
	}
	answer.writeGRPC(w, ask.method)
}

// grpcRequest reads a request. A refusal goes before the service's answer.
func (s *Service) grpcRequest(path string, frame []byte) (request, *lro.Status) {
	name, ok := strings.CutPrefix(path, grpcService)
	method := Method(name)
	if !ok || s.options.OwnForm || method == MethodWait && !s.options.Waits {
		method = unknown
	}
	if len(frame) < frameHeader || frame[0] != 0 {
		return request{method: unknown, name: path}, &lro.Status{Code: lro.CodeInternal, Message: "the request is no message without compression"}
	}
	read, there := grpcRequests[method]
	if !there {
		return request{method: unknown, name: path}, &lro.Status{Code: lro.CodeUnimplemented, Message: "unknown method " + path}
	}
	ask, err := read(frame[frameHeader:])
	ask.method = method
	if err != nil {
		return ask, &lro.Status{Code: lro.CodeInternal, Message: err.Error()}
	}
	return ask, nil
}

// grpcRequests read the messages of requests.
var grpcRequests = map[Method]func([]byte) (request, error){
	MethodGet:    aboutName[*longrunningpb.GetOperationRequest],
	MethodCancel: aboutName[*longrunningpb.CancelOperationRequest],
	MethodDelete: aboutName[*longrunningpb.DeleteOperationRequest],
	MethodWait: func(raw []byte) (request, error) {
		var wait longrunningpb.WaitOperationRequest
		err := proto.Unmarshal(raw, &wait)
		args := url.Values{}
		if wait.GetTimeout() != nil {
			args.Set("timeout", wait.GetTimeout().AsDuration().String())
		}
		return request{name: wait.GetName(), args: args}, err
	},
	MethodList: func(raw []byte) (request, error) {
		var list longrunningpb.ListOperationsRequest
		err := proto.Unmarshal(raw, &list)
		in := lro.ListRequest{Filter: list.GetFilter(), PageSize: int(list.GetPageSize()), PageToken: list.GetPageToken(), ReturnPartialSuccess: list.GetReturnPartialSuccess()}
		return request{name: collectionIn(list.GetName()), args: in.Query()}, err
	},
}

// aboutName reads a request that has a name and nothing else.
func aboutName[T interface {
	proto.Message
	GetName() string
}](raw []byte) (request, error) {
	var none T
	message := none.ProtoReflect().New().Interface().(T) //nolint:forcetypeassert // it is of that type
	err := proto.Unmarshal(raw, message)
	return request{name: message.GetName()}, err
}

// collectionIn is the collection that a List names: some services take its parent.
func collectionIn(name string) string {
	if _, last := splitLast(name); last == "operations" {
		return name
	}
	return strings.TrimPrefix(name+"/operations", "/")
}

// frameHeader is the length of what stands before a message: whether it is compressed, and its length.
const frameHeader = 5

// writeGRPC sends the reply over gRPC. What a proxy would answer is sent as it is.
func (r reply) writeGRPC(w http.ResponseWriter, method Method) {
	switch {
	case r.drop:
		panic(http.ErrAbortHandler) // the stream is reset
	case r.http != 0 && !strings.HasPrefix(r.contentType, grpcContent):
		w.Header().Set("Content-Type", r.contentType)
		w.WriteHeader(r.http)
		_, _ = w.Write(r.body) // a client that is gone needs no reply
		return
	}
	header := w.Header()
	header.Set("Content-Type", grpcContent)
	if r.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int((r.retryAfter+time.Second-1)/time.Second)))
	}
	message, failed := r.message(method)
	if failed != nil {
		setStatus(header, "", *failed) // a status without a message
		return
	}
	frame := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...) //nolint:gosec // a reply is shorter than 4 GiB
	if r.cut {
		_, _ = w.Write(frame[:frameHeader+len(message)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(frame)
	setStatus(header, http.TrailerPrefix, lro.Status{})
}

// message is the encoded message of the reply, or the status in its place.
func (r reply) message(method Method) ([]byte, *lro.Status) {
	var message proto.Message
	switch {
	case r.status != nil:
		return nil, r.status
	case r.http != 0:
		return r.body, nil // of Body: encoded already
	case method == MethodList:
		message = protoPage(r.body)
	case method == MethodGet, method == MethodWait:
		message = protoOperation(r.body)
	default:
		return nil, nil // google.protobuf.Empty has no fields
	}
	raw, err := proto.Marshal(message)
	if err != nil {
		return nil, &lro.Status{Code: lro.CodeInternal, Message: "testsuite: " + err.Error()}
	}
	return raw, nil
}

// protoOperation is an operation that the service wrote as JSON.
func protoOperation(body []byte) *longrunningpb.Operation {
	op, err := lro.ParseOperation(body)
	if err != nil { // the service writes operations
		return &longrunningpb.Operation{}
	}
	out := &longrunningpb.Operation{Name: op.Name, Done: op.Done, Metadata: packAny(op.Metadata)}
	switch {
	case op.Error != nil:
		out.Result = &longrunningpb.Operation_Error{Error: protoStatus(*op.Error)}
	case op.Response != nil:
		out.Result = &longrunningpb.Operation_Response{Response: packAny(op.Response)}
	}
	return out
}

func protoPage(body []byte) *longrunningpb.ListOperationsResponse {
	var page struct {
		Operations    []json.RawMessage `json:"operations"`
		NextPageToken string            `json:"nextPageToken"`
		Unreachable   []string          `json:"unreachable"`
	}
	_ = json.Unmarshal(body, &page) // the service writes pages
	out := &longrunningpb.ListOperationsResponse{NextPageToken: page.NextPageToken, Unreachable: page.Unreachable}
	for _, op := range page.Operations {
		out.Operations = append(out.Operations, protoOperation(op))
	}
	return out
}
