package testsuite

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/awaitop/awaitop/lro"
)

// packAny is a google.protobuf.Any of its JSON. Of a message whose type the program does not have, the
// bytes are the JSON: a client of the same program does not know the type either, and keeps them.
func packAny(raw json.RawMessage) *anypb.Any {
	if raw == nil {
		return nil
	}
	if packed, err := lro.Decode[*anypb.Any](raw); err == nil && (packed.GetTypeUrl() != "" || bytes.Equal(raw, []byte("{}"))) {
		return packed
	}
	var typed struct {
		URL string `json:"@type"`
	}
	_ = json.Unmarshal(raw, &typed) // without a type it has none
	return &anypb.Any{TypeUrl: typed.URL, Value: raw}
}

func protoStatus(status lro.Status) *statuspb.Status {
	out := &statuspb.Status{Code: int32(status.Code), Message: status.Message} //nolint:gosec // a code is 0 to 16
	for _, detail := range status.Details {
		out.Details = append(out.Details, packAny(detail))
	}
	return out
}

// setStatus puts a status into the headers, or with http.TrailerPrefix into the trailers.
func setStatus(header http.Header, prefix string, status lro.Status) {
	header.Set(prefix+"Grpc-Status", strconv.Itoa(int(status.Code)))
	header.Set(prefix+"Grpc-Message", percentEncoded(status.Message))
	if len(status.Details) == 0 {
		return
	}
	if raw, err := proto.Marshal(protoStatus(status)); err == nil { // a message in JSON is valid UTF-8
		header.Set(prefix+"Grpc-Status-Details-Bin", base64.RawStdEncoding.EncodeToString(raw))
	}
}

// percentEncoded is a message as a header can hold it (gRPC over HTTP/2, Status-Message).
func percentEncoded(message string) string {
	var out strings.Builder
	for _, c := range []byte(message) {
		if c >= ' ' && c <= '~' && c != '%' {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}
