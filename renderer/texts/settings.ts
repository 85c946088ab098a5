import { renderDefinitions } from '../../preload/contract/render-set.ts'
import { definitions } from '../../preload/contract/settings.ts'

/** Name in English; name and help in German and Chinese. The English help is that of the contract. */
type Row = readonly [en: string, de: string, deHelp: string, zh: string, zhHelp: string]

const rows: Record<string, Row> = {
  'run.seed': ['Seed', 'Startwert', 'Anfang aller Zufallswahlen; gleicher Startwert auf gleichem Gerät ergibt gleiche Masken.', '随机种子', '所有随机选择的起点；同一设备上种子相同则掩膜相同。'],
  'run.rounds': ['Rounds', 'Runden', 'Runden aus Trainieren, Vorhersagen, Verfeinern; mehr dauern länger und können Masken schärfen.', '轮数', '训练、预测、精修的轮数；越多越久，掩膜可能更精细。'],
  'run.stopBelowChange': ['Stop below change', 'Ende unter Änderung', 'Endet früher, sobald sich weniger als dieser Anteil der Pixel ändert; 0 endet nie früher.', '变化低于则停', '逐轮变化的像素比例低于此值时提前结束；0 表示从不提前。'],
  'run.threads': ['Threads', 'Threads', 'Prozessor-Threads für das Training; 0 nimmt einen je Kern.', '线程数', '训练所用的处理器线程；0 表示每核一个。'],
  'network.backbone': ['Backbone', 'Backbone', 'Merkmalsnetz; größere lernen mehr und trainieren langsamer.', '骨干网络', '特征提取网络；越大学得越多，训练越慢。'],
  'network.width': ['Width', 'Breite', 'Anteil der Kanäle jeder Schicht; kleiner ist schneller.', '宽度', '每层保留的通道比例；越小越快。'],
  'network.outputStride': ['Output stride', 'Schrittweite', 'Wie viel kleiner als das Bild die Merkmale sind; kleiner ist schärfer und langsamer.', '输出步幅', '特征比图片小多少倍；越小越清晰也越慢。'],
  'network.weights': ['Pretrained weights', 'Vortrainierte Gewichte', 'Eine safetensors-Datei mit vortrainierten Gewichten; leer beginnt mit zufälligen.', '预训练权重', '含骨干网络预训练权重的 safetensors 文件；留空则随机初始化。'],
  'network.decoder': ['Decoder', 'Decoder', 'Ob feinere Merkmale auf dem Weg nach oben dazukommen oder die Pyramide allein entscheidet.', '解码器', '上采样时加入更细的特征，或仅由金字塔决定（如 PSPNet）。'],
  'classifier.steps': ['Steps', 'Schritte', 'Trainingsschritte des Tag-Klassifikators; mehr lernt genauer und dauert länger.', '步数', '标签分类器的训练步数；越多越准也越久。'],
  'classifier.batch': ['Photos a step', 'Fotos je Schritt', 'Fotos je Schritt; mehr ist ruhiger und braucht mehr Speicher.', '每步照片数', '每步使用的照片数；越多越稳，占内存越多。'],
  'classifier.learningRate': ['Learning rate', 'Lernrate', 'Schrittweite des Klassifikators; größer lernt schneller und unruhiger.', '学习率', '分类器的步长；越大学得越快但越不稳。'],
  'classifier.renders': ['Also see renders', 'Auch Renderings', 'Ob der Klassifikator auch Renderings auf Hintergründen sieht.', '也看渲染图', '分类器是否也看贴在背景上的渲染图。'],
  'cam.scales': ['Activation sizes', 'Aktivierungsgrößen', 'Bildgrößen, über die Aktivierungskarten gemittelt werden.', '激活图尺寸', '类激活图在这些图片尺寸上取平均。'],
  'cam.flip': ['Mirror too', 'Auch gespiegelt', 'Ob Aktivierungskarten mit denen des gespiegelten Fotos gemittelt werden.', '同时镜像', '是否与镜像照片的激活图取平均。'],
  'slic.segments': ['Superpixels', 'Superpixel', 'Superpixel, in die ein Foto von 640 x 480 geteilt wird; mehr sind kleiner.', '超像素数', '640 x 480 的照片划分的超像素数；越多越小。'],
  'slic.compactness': ['Compactness', 'Kompaktheit', 'Gewicht der Nähe gegen die Farbe; größer macht Superpixel quadratischer.', '紧凑度', '距离相对颜色的权重；越大超像素越方正。'],
  'slic.iterations': ['SLIC rounds', 'SLIC-Durchgänge', 'Durchgänge der Gruppierung von SLIC; mehr ist genauer und langsamer.', 'SLIC 次数', 'SLIC 的聚类次数；越多越精确也越慢。'],
  'masks.size': ['Size of masks', 'Größe der Masken', 'Lange Seite, in der Masken der Fotos entstehen; größere Fotos werden verkleinert.', '掩膜尺寸', '制作照片掩膜的长边；更大的照片会缩小。'],
  'initial.share': ['Share of the workpiece', 'Anteil des Werkstücks', 'Anteil des Fotos, den die aktivsten Pixel füllen müssen; etwa die Größe des Werkstücks auf den Fotos.', '工件占比', '最活跃像素须占照片的比例；约取工件在照片中的大小。'],
  'initial.positive': ['Positive superpixel', 'Positives Superpixel', 'Ein Superpixel ist positiv, wenn alle (ganz) oder mehr als die Hälfte seiner Pixel aktiv sind.', '正超像素', '全部像素活跃（整个）或过半（多数）时超像素为正。'],
  'initial.background': ['Background below', 'Hintergrund unter', 'Superpixel mit kleinerer Aktivierung sind Hintergrund; dazwischen bleibt es offen.', '背景上限', '激活低于此值的超像素为背景；介于两者之间的留空。'],
  'training.size': ['Picture size', 'Bildgröße', 'Lange Seite der Bilder beim Training; größer ist schärfer und langsamer.', '图片尺寸', '训练图片的长边；越大越清晰也越慢。'],
  'training.firstSize': ['Picture size, first round', 'Bildgröße, erste Runde', 'Lange Seite der Bilder in der ersten Runde; kleinere lehren schneller, was was ist. 0 nimmt dieselbe Größe.', '首轮图片尺寸', '首轮训练图片的长边；较小的图片能更快学会区分工件。0 表示相同尺寸。'],
  'training.crop': ['Part of the photo', 'Ausschnitt des Fotos', 'Anteil der Seiten eines Fotos, den ein Trainingsbild zeigt; kleiner zeigt Werkstücke größer bei gleichem Tempo.', '照片取景', '一张训练图片所取照片边长的比例；越小工件显得越大，速度不变。'],
  'training.steps': ['Steps a round', 'Schritte je Runde', 'Trainingsschritte je Runde; mehr lernt gründlicher und dauert länger.', '每轮步数', '每轮的训练步数；越多越充分也越久。'],
  'training.firstSteps': ['Steps of the first round', 'Schritte der ersten Runde', 'Trainingsschritte der ersten Runde; mehr gibt einen besseren Anfang und dauert länger.', '首轮步数', '第一轮的训练步数；越多起点越好也越久。'],
  'training.renderBatch': ['Renders a step', 'Renderings je Schritt', 'Renderings je Schritt; mehr betont die exakten Formen und ist langsamer.', '每步渲染图', '每步渲染图数量；越多越强调精确形状，也越慢。'],
  'training.photoBatch': ['Photos a step', 'Fotos je Schritt', 'Fotos je Schritt; mehr betont die wirkliche Szene und ist langsamer.', '每步照片', '每步照片数量；越多越强调真实场景，也越慢。'],
  'training.photosFromRound': ['Photos from round', 'Fotos ab Runde', 'Erste Runde mit Fotos; 2 lässt die Renderings allein das erste Netz lehren.', '从第几轮用照片', '从哪一轮起用照片训练；2 表示首轮只用渲染图。'],
  'training.restart': ['Start from', 'Beginn bei', 'Gewichte am Anfang einer Runde: frische, die der Runde davor oder die der ersten.', '起始权重', '每轮起始权重：重新初始化、上一轮或第一轮的。'],
  'training.optimizer': ['Optimizer', 'Optimierer', 'Regel, nach der sich die Gewichte bewegen.', '优化器', '权重更新的规则。'],
  'training.learningRate': ['Learning rate', 'Lernrate', 'Schrittweite des Decoders; größer lernt schneller und unruhiger.', '学习率', '解码头的步长；越大学得越快但越不稳。'],
  'training.backboneFactor': ['Backbone share of rate', 'Lernrate des Backbones', 'Lernrate des Backbones als Anteil; kleiner bewahrt vortrainierte Merkmale.', '骨干学习率比例', '骨干步长占解码头的比例；越小越保留预训练特征。'],
  'training.weightDecay': ['Weight decay', 'Gewichtsabnahme', 'Zug der Gewichte gegen null; größer glättet mehr.', '权重衰减', '把权重拉向零的力度；越大越平滑。'],
  'training.momentum': ['Momentum', 'Schwung', 'Schwung von SGD; größer läuft träger weiter.', '动量', 'SGD 的动量；越大惯性越强。'],
  'training.schedule': ['Schedule', 'Verlauf', 'Wie die Lernrate in einer Runde fällt.', '调度', '每轮内步长如何下降。'],
  'training.power': ['Power', 'Potenz', 'Potenz des polynomialen Verlaufs; größer fällt früher.', '幂', '多项式调度的幂；越大下降越早。'],
  'training.warmup': ['Warm-up', 'Anlauf', 'Schritte, in denen die Lernrate am Anfang einer Runde steigt.', '预热', '每轮开始时步长上升的步数。'],
  'training.ema': ['Averaging of weights', 'Mittelung der Gewichte', 'Mittelung der Gewichte für die Vorhersage; 0 nimmt die letzten, größer mittelt länger.', '权重平均', '预测所用权重的滑动平均；0 用最后的权重，越大平均越久。'],
  'training.photoLoss': ['Weight of photos', 'Gewicht der Fotos', 'Gewicht der Fotos gegen die Renderings; größer vertraut den Fotos mehr.', '照片权重', '损失中照片相对渲染图的权重；越大越信任照片。'],
  'training.checkpointSeconds': ['Checkpoint every', 'Sicherung alle', 'Zeit zwischen Sicherungen; ein Abbruch kostet höchstens so viel Training.', '检查点间隔', '检查点的间隔；中断最多损失这么多训练。'],
  'augment.composite': ['Paste renders', 'Renderings einsetzen', 'Anteil der Renderings, die ausgeschnitten auf anderen Hintergrund kommen.', '贴图比例', '按掩膜抠出并贴到其他背景的渲染图比例。'],
  'augment.photoBackgrounds': ['Photo backgrounds', 'Foto-Hintergründe', 'Anteil davon mit einem Foto der Linie als Hintergrund; der Rest ist erzeugt.', '照片背景', '以产线照片为背景的比例；其余为程序生成。'],
  'augment.randomise': ['Random looks', 'Zufälliges Aussehen', 'Stärke von zufälligem Ton, Rauschen, Licht und Schatten auf Renderings.', '随机外观', '渲染图上随机色调、噪声、模糊、光影的强度。'],
  'augment.turn': ['Largest turn', 'Größte Drehung', 'Größte zufällige Drehung eines Bildes.', '最大旋转', '图片的最大随机旋转角。'],
  'augment.scaleMin': ['Smallest size', 'Kleinste Größe', 'Kleinste zufällige Größe eines eingesetzten Renderings.', '最小尺寸', '贴入渲染图的最小随机尺寸。'],
  'augment.scaleMax': ['Largest size', 'Größte Größe', 'Größte zufällige Größe eines eingesetzten Renderings.', '最大尺寸', '贴入渲染图的最大随机尺寸。'],
  'augment.clutter': ['Stray things', 'Fremde Dinge', 'Anteil der Bilder, auf denen neben den Werkstücken Dinge liegen, die keine sind; 0, wo Tische aufgeräumt sind.', '杂物', '贴图旁出现非工件杂物的比例；台面整洁时为 0。'],
  'augment.parts': ['Workpieces a picture', 'Werkstücke je Bild', 'Mittlere Zahl der auf einen Hintergrund gesetzten Werkstücke; mehr lehren eher, was was ist, weniger, wo etwas ist.', '每张工件数', '每个背景上贴入工件的平均数；越多越快学会区分，越少越快学会定位。'],
  'augment.cutPaste': ['Cut and paste', 'Ausschneiden, einsetzen', 'Anteil der Fotos, die ein Werkstück aus einem anderen Foto bekommen.', '剪贴', '接受从其他照片按伪标注剪来的工件的照片比例。'],
  'weights.boundary': ['Weight of edges', 'Gewicht der Kanten', 'Zusätzliches Gewicht entlang der Kanten der Renderings; größer besteht auf der Form.', '边缘权重', '渲染图边缘带的额外权重；越大越强调形状。'],
  'weights.boundaryWidth': ['Width of edges', 'Breite der Kanten', 'Breite dieses Bandes; größer betont mehr Umgebung.', '边缘宽度', '该边缘带的宽度；越大影响范围越广。'],
  'weights.background': ['Background', 'Hintergrund', 'Gewicht der Hintergrundpixel; Ausschnitte zeigen Werkstücke größer als Fotos, mehr Gewicht hält Schatten und Muster aus den Masken.', '背景', '背景像素的权重；裁剪块中工件比照片中大，权重越大，阴影和花纹越不易进入掩膜。'],
  'weights.distance': ['Trust inwards', 'Vertrauen nach innen', 'Strecke, über die das Vertrauen in ein Label vom Rand nach innen wächst; 0 vertraut überall gleich.', '向内信任', '对伪标注的信任自边缘向内增长的距离（按 640 x 480）；0 表示一视同仁。'],
  'refine.ratio': ['Labelled share', 'Gelabelter Anteil', 'Anteil der sichersten Pixel, die ihr Label behalten; größer labelt mehr und irrt mehr.', '保留比例', '保留标注的最可信像素比例；越大标得越多，错得也越多。'],
  'refine.perClass': ['Threshold for each', 'Schwelle für jedes', 'Eine Schwelle je Werkstück (an) oder eine für alle (aus).', '各自阈值', '每种工件一个阈值（开）或共用一个（关）。'],
  'refine.tags': ['Use of tags', 'Nutzung der Tags', 'Tags auf Trainingsfotos: keine, Fehlendes verbieten, oder Vorhandenes auch heben.', '标签的使用', '训练照片上标签的使用：不用、禁止不在的、或还提升在的。'],
  'refine.fold': ['Lift to the tags', 'Heben zu den Tags', 'Wie viel von dem, was das Netz fehlenden Werkstücken gibt, den vorhandenen zukommt; 1 ist alles.', '归入标签的比例', '网络给不在照片上的工件的概率，有多少归入在照片上的工件；1 为全部。'],
  'refine.minShare': ['Least share of a tag', 'Mindestanteil eines Tags', 'Anteil des Fotos, den jeder Tag darauf mindestens bekommt; 0 hilft nicht.', '标签最小占比', '照片上每个标签至少得到的面积比例；0 表示不提供。'],
  'refine.superpixels': ['Superpixels', 'Superpixel', 'Superpixel ersetzen Label durch Mehrheit oder mitteln die Wahrscheinlichkeiten halb und halb.', '超像素', '超像素按多数取代标注（投票），或与概率各半平均（混合）。'],
  'refine.segments': ['Superpixels a photo', 'Superpixel je Foto', 'Superpixel, in die ein Foto für die Verfeinerung geteilt wird; mehr sind kleiner.', '每张超像素数', '精修时一张照片划分的超像素数；越多越小。'],
  'refine.crf': ['Dense CRF each round', 'Dichtes CRF je Runde', 'Ob ein dichtes CRF die Masken jeder Runde schärft.', '每轮稠密 CRF', '是否每轮用稠密 CRF 精修掩膜。'],
  'crf.iterations': ['CRF iterations', 'CRF-Durchgänge', 'Mean-Field-Durchgänge des dichten CRF; mehr wirkt stärker und dauert länger.', 'CRF 迭代', '稠密 CRF 的平均场迭代次数；越多作用越强也越久。'],
  'crf.gaussianWidth': ['Smoothing reach', 'Reichweite der Glättung', 'Reichweite des glättenden Kerns; größer glättet weiter.', '平滑范围', '平滑核的范围；越大平滑越远。'],
  'crf.gaussianWeight': ['Smoothing strength', 'Stärke der Glättung', 'Stärke des glättenden Kerns; größer glättet mehr.', '平滑强度', '平滑核的强度；越大越平滑。'],
  'crf.bilateralWidth': ['Colour reach', 'Reichweite der Farbe', 'Reichweite des Farbkerns; größer verbindet Entfernteres.', '颜色范围', '颜色核的范围；越大连得越远。'],
  'crf.bilateralColour': ['Colour difference', 'Farbabstand', 'Farbabstand, den der Farbkern überbrückt; größer trennt weniger.', '颜色差异', '颜色核跨越的颜色差；越大区分越少。'],
  'crf.bilateralWeight': ['Colour strength', 'Stärke der Farbe', 'Stärke des Farbkerns; größer folgt den Farben mehr.', '颜色强度', '颜色核的强度；越大越跟随颜色。'],
  'predict.scales': ['Sizes', 'Größen', 'Bildgrößen, über die Vorhersagen gemittelt werden; mehr dauern länger.', '尺寸', '预测在这些图片尺寸上取平均；越多越久。'],
  'predict.modelFlips': ['Mirrorings of the model', 'Spiegelungen des Modells', 'Spiegelungen, die das fertige Modell auf jedem Foto mittelt; 4 ist sicherer, 1 viermal schneller.', '模型的镜像数', '成品模型在每张照片上取平均的镜像数；4 更可靠，1 快四倍。'],
  'predict.flips': ['Mirrorings', 'Spiegelungen', 'Gemittelte Spiegelungen: 1 keine, 2 links-rechts, 4 auch oben-unten.', '镜像数', '取平均的镜像：1 无，2 左右，4 另加上下。'],
  'render.width': ['Width', 'Breite', 'Breite der Renderings; 0 nimmt Form und Größe der Fotos der Linie, höchstens 640.', '宽度', '渲染图宽度；0 取产线照片的形状和尺寸，最大 640。'],
  'render.height': ['Height', 'Höhe', 'Höhe der Renderings; 0 nimmt Form und Größe der Fotos der Linie, höchstens 640.', '高度', '渲染图高度；0 取产线照片的形状和尺寸，最大 640。'],
  'render.pose': ['Pose', 'Lage', 'Wie das Teil liegt: beliebig, wie es zur Ruhe kommt, aufrecht wie gezeichnet von oben, oder drei von fünf in Ruhe (gemischt).', '姿态', '工件的摆放：任意、自然静置、按图直立并从上方看，或五张中三张静置（混合）。'],
  'render.material': ['Material', 'Material', 'Woraus das Teil ist; gemischt zieht für jedes Rendering eines.', '材质', '工件的材质；混合则每张随机抽取。'],
  'render.background': ['Background', 'Hintergrund', 'Was hinter dem Teil ist: Grau, gezeichnete Flächen oder eigene Fotos der Linie, die nur Hintergrund zeigen.', '背景', '工件后面是什么：纯灰、生成的表面，或产线上标为仅背景的照片。'],
  'render.shadow': ['Shadow', 'Schatten', 'Wie sehr das Teil den Hintergrund abdunkelt, wo es steht; 0 wirft keinen Schatten.', '阴影', '工件在所立之处使背景变暗的程度；0 不投影。'],
  'camera.fieldOfView': ['Field of view', 'Bildwinkel', 'Winkel, den die Kamera quer sieht; 0 zieht für jedes Rendering einen.', '视场角', '相机横向的视角；0 则每张随机抽取。'],
  'camera.focalLength': ['Focal length', 'Brennweite', 'Brennweite des Objektivs anstelle des Winkels; 0 lässt den Winkel.', '焦距', '用镜头焦距代替视角；0 则用视角。'],
  'camera.sensorWidth': ['Sensor width', 'Sensorbreite', 'Breite des Sensors hinter diesem Objektiv; 7,2 ist 1/1,8 Zoll.', '传感器宽度', '该镜头后传感器的宽度；7.2 为 1/1.8 英寸。'],
  'camera.near': ['Nearest', 'Kleinster Abstand', 'Kleinster Abstand der Kamera; 0 geht dorthin, wo das Teil seinen Anteil des Bildes füllt.', '最近距离', '相机的最小距离；0 则取工件占满其比例处。'],
  'camera.far': ['Farthest', 'Größter Abstand', 'Größter Abstand der Kamera; 0 nimmt den kleinsten.', '最远距离', '相机的最大距离；0 取最小距离。'],
  'camera.fillMin': ['Fills at least', 'Füllt mindestens', 'Kleinster Anteil der Bildbreite oder -höhe, den das Teil einnimmt.', '最小占比', '工件占画面宽或高的最小比例。'],
  'camera.fillMax': ['Fills at most', 'Füllt höchstens', 'Größter Anteil der Bildbreite oder -höhe, den das Teil einnimmt; über 1 schneidet es an.', '最大占比', '工件占画面宽或高的最大比例；大于 1 会裁掉。'],
  'camera.shift': ['Off the middle', 'Neben der Mitte', 'Wie weit das Teil neben der Mitte sein darf; 1 lässt es den Rand berühren.', '偏离中心', '工件可偏离中心的程度；1 可触及边缘。'],
  'camera.elevation': ['Lowest elevation', 'Kleinste Höhe', 'Kleinster Winkel der Kamera über dem Tisch; größer sieht eher senkrecht herab.', '最低仰角', '相机在台面上方的最小角度；越大越接近俯视。'],
  'camera.defocus': ['Defocus', 'Unschärfe', 'Unschärfe dessen, was einen Radius des Teils hinter der scharfen Ebene liegt; 0 ist überall scharf.', '失焦', '在清晰平面后一个工件半径处的模糊；0 处处清晰。'],
  'camera.motion': ['Motion', 'Bewegung', 'Längste Spur eines Teils, das sich bei der Aufnahme bewegt.', '运动模糊', '拍摄时工件移动的最长拖影。'],
  'camera.noise': ['Noise', 'Rauschen', 'Rauschen des Sensors bei Weiß, in Grauwerten von 255.', '噪声', '传感器在白色处的噪声，以 255 级灰度计。'],
  'light.lamps': ['Lamps', 'Lampen', 'Lampen neben dem Licht von allen Seiten; -1 zieht für jedes Rendering keine oder eine.', '灯', '环境光之外的灯；-1 则每张随机零或一盏。'],
  'light.map': ['Light map', 'Lichtkarte', 'Ein EXR- oder HDR-Bild aller Richtungen oder ein Ordner davon als Licht; leer zieht Räume.', '光照图', '各方向的 EXR 或 HDR 图片或其文件夹作为光照；留空则生成房间。'],
  'light.darkest': ['Darkest', 'Am dunkelsten', 'Kleinstes mittleres Licht des Teils im Bild.', '最暗', '工件在画面中的最小平均亮度。'],
  'light.brightest': ['Brightest', 'Am hellsten', 'Größtes mittleres Licht des Teils im Bild.', '最亮', '工件在画面中的最大平均亮度。'],
  'scene.parts': ['Workpieces a picture', 'Werkstücke je Bild', 'Die meisten Werkstücke in einem Bild; jedes bekommt neben der gemeinsamen eine eigene Maske.', '每张工件数', '一张图中最多的工件数；除总掩膜外各有单独掩膜。'],
  'scene.distractors': ['Stray things', 'Fremde Dinge', 'Die meisten Dinge in einem Bild, die keine Werkstücke sind.', '杂物', '一张图中最多的非工件物体数。'],
}

type Name = keyof typeof all
const all = { ...definitions, ...renderDefinitions }
const names = Object.keys(all) as Name[]
const keyOf = (name: Name) => name.replace('.', '-')
function table(pick: (row: Row | undefined, name: Name) => string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [keyOf(name), pick(rows[name], name)]))
}
const words = (name: Name) => name.split('.')[1].replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** Names and helps of all settings by language, for vue-i18n. */
export const settingTexts = {
  en: { names: table((row, name) => row?.[0] ?? words(name)), helps: table((_row, name) => all[name].help) },
  de: { names: table((row, name) => row?.[1] ?? words(name)), helps: table((row, name) => row?.[2] ?? all[name].help) },
  zh: { names: table((row, name) => row?.[3] ?? words(name)), helps: table((row, name) => row?.[4] ?? all[name].help) },
} as const

/** Settings the tables above do not know yet. */
export const unknownSettings = names.filter((name) => !(name in rows))
