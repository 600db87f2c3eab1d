// The peer of the payload: the same idea with the most usual parts, React and react-leaflet.
import { createRoot } from "react-dom/client";
import { CircleMarker, MapContainer, ScaleControl, Polygon, Tooltip } from "react-leaflet";
import "leaflet/dist/leaflet.css";

const corners = [[34.38, 107.42], [34.44, 107.42], [34.44, 107.5], [34.38, 107.5]];

createRoot(document.getElementById("map")).render(
  <MapContainer center={[34.41, 107.46]} zoom={13} style={{ height: "100vh" }}>
    <Polygon positions={corners} />
    <CircleMarker center={[34.41, 107.46]} radius={6}>
      <Tooltip>incident</Tooltip>
    </CircleMarker>
    <ScaleControl />
  </MapContainer>,
);
